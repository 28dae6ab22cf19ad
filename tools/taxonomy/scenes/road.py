"""A drive along a country road towards the horizon."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, finished, fractal, grid, over, ramp, step

HORIZON = 0.42


def road(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Ground comes nearer and grows; trees at the side pass by."""
    y, x = grid(height, width)
    depth = 1 / np.clip(y - HORIZON, 0.012, 1)
    side = (x - 0.5) * depth
    turf = fractal(512, 512, rng, coarsest=32, keep=0.8)
    clouds = fractal(height, width, rng, coarsest=3)
    sky = ramp(y / HORIZON, [(86, 136, 200), (190, 212, 228)])
    sky = over(sky, step(clouds, 0.5, 0.45) * 0.8, (246, 246, 248))
    hills = HORIZON - 0.07 * fractal(4, width, rng, coarsest=2, octaves=2)[0]
    sky = over(sky, step(y - hills, 0, 0.01), (96, 118, 110))
    trees = sorted(
        ((rng.uniform(0, 30), rng.choice([-1, 1]) * rng.uniform(1.5, 3), rng.uniform(0.8, 1.5),
          rng.integers(1 << 30)) for _ in range(16)), reverse=True,
    )  # fmt: skip
    clip = []
    for t in range(frames):
        travelled = 0.35 * t
        picture = over(sky, step(y, HORIZON, 0.006), _ground(depth, side, turf, travelled))
        for begins, place, tall, seed in sorted(
            trees, key=lambda tree: -((tree[0] - travelled) % 30)
        ):
            far = (begins - travelled) % 30 + 0.9
            picture = _tree(picture, y, x, (far, place, tall, int(seed)))
        clip.append(picture)
    return finished(clip, rng)


def _ground(depth: Floats, side: Floats, turf: Floats, travelled: float) -> Floats:
    along = depth + travelled
    rough = turf[(along * 24).astype(int) % 512, (side * 40).astype(int) % 512]
    fine = turf[(along * 90).astype(int) % 512, (side * 120).astype(int) % 512]
    near = np.clip(2.5 / depth, 0, 1)
    tone = 0.5 + (0.6 * rough + 0.4 * fine - 0.5) * (0.35 + 0.65 * near)
    grass = ramp(tone, [(40, 66, 26), (92, 122, 50), (150, 160, 84)])
    asphalt = ramp(tone, [(60, 60, 64), (112, 112, 114)])
    ground = over(grass, step(1.0 - np.abs(side), 0, 0.08), asphalt)
    line = step(0.045 - np.abs(side), 0, 0.03) * (along % 2 < 1)
    edge = step(0.03 - np.abs(np.abs(side) - 0.9), 0, 0.03)
    ground = over(ground, np.maximum(line, edge).astype(np.float32), (226, 226, 216))
    haze = np.clip(depth / 60, 0, 0.6)
    return over(ground, haze, (176, 192, 196))


def _tree(picture: Floats, y: Floats, x: Floats, tree: tuple[float, float, float, int]) -> Floats:
    far, place, tall, seed = tree
    foot, centre, unit = HORIZON + 1 / far, 0.5 + place / far, tall / far
    if not -0.5 < centre < 1.5 or foot > 1.9:
        return picture
    ratio = y.shape[1] / y.shape[0]
    trunk = step(0.04 * unit - np.abs(x - centre) * ratio, 0, 0.004)
    trunk = trunk * (y < foot) * (y > foot - 0.5 * unit)
    picture = over(picture, trunk.astype(np.float32), (70, 52, 38))
    dy, dx = (y - foot + 0.8 * unit) / unit, (x - centre) * ratio / unit
    angle = np.arctan2(dy, dx)
    rng = np.random.default_rng(seed)
    bumps = sum(
        (0.05 * np.sin(n * angle + rng.random() * 6) for n in (3, 5, 8, 13)), np.zeros_like(angle)
    )
    crown = step((0.38 + bumps - np.hypot(dy, dx)).astype(np.float32), 0, 0.06)
    light = 0.75 - 0.9 * dy - 0.4 * dx + 0.25 * np.sin(dx * 40) * np.sin(dy * 37)
    return over(
        picture,
        crown,
        ramp(light.astype(np.float32), [(24, 48, 24), (70, 110, 44), (150, 170, 80)]),
    )
