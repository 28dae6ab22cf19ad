"""A camera pans over ridges of hills under moving clouds."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, disc, finished, fractal, grid, over, ramp, step

RIDGES = 4
HAZE = (176.0, 196.0, 216.0)


def landscape(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Pan: near ridges pass faster than far ones, and the clouds drift against them."""
    y, x = grid(height, width)
    reach = width + 2 * frames + 8
    clouds = fractal(height, reach, rng, coarsest=3)
    ridges = [_ridge(number, height, reach, rng) for number in range(RIDGES)]
    sun = (0.18 + 0.1 * rng.random(), 0.2 + 0.6 * rng.random())
    heaven = ramp(y * 1.6, [(66, 112, 190), (120, 168, 220), (225, 222, 205)])
    heaven = heaven + 60 * np.exp(-((y - sun[0]) ** 2 + (x - sun[1]) ** 2) * 25)[..., None]
    ratio = height / width
    orb = disc(y * ratio, x, (sun[0] * ratio, sun[1]), 0.04, 0.01)
    heaven = over(heaven, orb, (255, 250, 225))
    clip = []
    for t in range(frames):
        seen = clouds[:, t // 2 : t // 2 + width]
        picture = over(heaven, step(seen - 0.3 * y, 0.42, 0.35) * 0.9, (246, 246, 248))
        for number, (profile, colour) in enumerate(ridges):
            left = round(t * 2 * (number + 1) / RIDGES)
            here = slice(left, left + width)
            mask = step(y * height - profile[here], 0, 1.5)
            picture = over(picture, mask, colour[:, here])
        clip.append(picture)
    return finished(clip, rng)


def _ridge(number: int, height: int, reach: int, rng: Rng) -> tuple[Floats, Floats]:
    """Return where a ridge begins in each column, in pixels, and how its slope looks."""
    base = 0.38 + 0.17 * number
    rough = fractal(4, reach, rng, coarsest=1, octaves=2)[0] * 0.0
    for cells, weight in ((3, 0.16), (9, 0.07), (31, 0.03), (90, 0.012)):
        places = np.linspace(0, cells, reach)
        knots = rng.random(cells + 2) - 0.5
        smooth = places - np.sin(2 * np.pi * places) / (2 * np.pi)
        rough = rough + weight * np.interp(smooth, np.arange(cells + 2), knots)
    profile = ((base + rough * (1.4 - 0.25 * number)) * height).astype(np.float32)
    texture = fractal(height, reach, rng, coarsest=8, keep=0.62)
    slope = np.gradient(texture, axis=1) * (2 + 2 * number) + (texture - 0.5) * 0.7
    green = rng.random() * 0.5
    body = ramp(
        texture * 0.7 + green * 0.3, [(44, 66, 40), (84, 100, 48), (128, 118, 70), (150, 150, 96)]
    )
    lit = np.clip(body * (1.15 - 0.16 * number) * (1 + slope[..., None]), 0, 255)
    far = 0.85 * (1 - number / (RIDGES - 1)) ** 1.1
    return profile, (lit * (1 - far) + np.asarray(HAZE, np.float32) * far).astype(np.float32)
