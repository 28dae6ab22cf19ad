"""A figure walks along a street; the houses go by behind it."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, bar, disc, finished, fractal, grid, over, ramp, step


def walker(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """The camera keeps pace, so the figure stays and the street moves."""
    reach = width + 3 * frames
    street = _street(height, reach, rng)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    clothes = {
        part: np.array(ramp(np.float32(rng.random()), colours))
        for part, colours in {
            "coat": [(170, 40, 40), (40, 70, 140), (60, 120, 80), (200, 150, 50)],
            "trousers": [(40, 44, 60), (90, 80, 70), (60, 70, 100)],
            "skin": [(236, 196, 168), (196, 144, 108), (128, 86, 60)],
        }.items()
    }
    phase, centre = rng.random() * 6, width * rng.uniform(0.35, 0.6)
    clip = []
    for t in range(frames):
        picture = street[:, 3 * t : 3 * t + width]
        clip.append(_figure(picture, y, x, clothes, (centre, phase + t * 0.42)))
    return finished(clip, rng)


def _street(height: int, reach: int, rng: Rng) -> Floats:
    y, _ = grid(height, reach)
    sky = ramp(y * 2, [(150, 180, 214), (214, 220, 222)])
    cloud = fractal(height, reach, rng, coarsest=3)
    picture = over(sky, step(cloud, 0.55, 0.4) * 0.7, (240, 240, 242))
    left = 0
    stone = fractal(height, reach, rng, coarsest=12, keep=0.8)
    while left < reach:
        across = int(rng.uniform(0.25, 0.5) * height)
        roof = int(rng.uniform(0.08, 0.35) * height)
        colour = ramp(np.float32(rng.random()), [(168, 108, 84), (190, 176, 150), (136, 140, 148)])
        house = slice(roof, int(0.74 * height)), slice(left, min(left + across, reach))
        picture[house] = colour * (0.8 + 0.35 * stone[house][..., None])
        _windows(picture, house, height, rng)
        left += across
    asphalt = (92 + 60 * (stone - 0.5))[..., None] * np.array([1, 1, 1.04])
    kerb = step(y, 0.74, 0.006)
    picture = over(picture, kerb, (asphalt + 34).astype(np.float32))
    return over(picture, step(y, 0.9, 0.006), asphalt.astype(np.float32))


def _windows(picture: Floats, house: tuple[slice, slice], height: int, rng: Rng) -> None:
    # No whole number of latent positions: houses are not built on a lattice.
    side = max(3, height // 14)
    for top in range(house[0].start + side, house[0].stop - side, 2 * side):
        for left in range(house[1].start + side // 2, house[1].stop - side, 2 * side + 1):
            lit = rng.random() < 0.3
            picture[top : top + side, left : left + side] = (238, 214, 140) if lit else (62, 74, 90)


def _figure(
    picture: Floats,
    y: Floats,
    x: Floats,
    clothes: dict[str, Floats],
    pose: tuple[float, float],
) -> Floats:
    centre, phase = pose
    tall = len(y) * 0.62
    hip = (len(y) * 0.93 - tall * 0.47 + np.sin(2 * phase) * tall * 0.012, centre)
    neck = (hip[0] - tall * 0.33, centre + tall * 0.02)
    shadow = np.hypot((x - centre) / (tall * 0.22), (y - len(y) * 0.935) / (tall * 0.035))
    picture = picture * (1 - 0.45 * step(1 - shadow, 0, 0.6))[..., None]
    for side in (1, -1):
        swing = np.sin(phase) * side
        light = np.float32(0.7 if side > 0 else 1.0)
        picture = _limb(picture, (y, x), neck, (-swing * 0.6, -swing * 0.6 - 0.35),
                        (tall * 0.18, tall * 0.045), clothes["coat"] * light * 0.9)  # fmt: skip
        bend = max(0.0, np.cos(phase) * side) * 0.8
        picture = _limb(picture, (y, x), hip, (swing * 0.55, swing * 0.55 + bend),
                        (tall * 0.24, tall * 0.055), clothes["trousers"] * light)  # fmt: skip
        if side > 0:
            picture = over(picture, bar(y, x, neck, hip, tall * 0.085), clothes["coat"])
    head = (neck[0] - tall * 0.11, neck[1] + tall * 0.015)
    picture = over(picture, disc(y, x, head, tall * 0.075, 1.5), clothes["skin"])
    hair = disc(y, x, (head[0] - tall * 0.025, head[1] - tall * 0.02), tall * 0.07, 1.5)
    return over(picture, hair, (52, 38, 30))


def _limb(
    picture: Floats,
    place: tuple[Floats, Floats],
    joint: tuple[float, float],
    angles: tuple[float, float],
    size: tuple[float, float],
    colour: Floats,
) -> Floats:
    """Two bars from ``joint`` on; angles are from straight down, positive is backwards."""
    length, thick = size
    for angle in angles:
        end = (joint[0] + np.cos(angle) * length, joint[1] - np.sin(angle) * length)
        picture = over(picture, bar(*place, joint, end, thick), colour)
        joint = end
    return picture
