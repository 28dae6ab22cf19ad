"""A flag waves on its mast before drifting clouds."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, finished, fractal, grid, over, ramp, step


def flag(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Waves run along the cloth; it shades itself where it turns from the light."""
    y, x = grid(height, width)
    clouds = fractal(height, width + frames + 4, rng, coarsest=3)
    weave = fractal(height, width, rng, coarsest=24, keep=0.9)
    colours = rng.permutation(
        np.array([[200, 40, 50], [245, 240, 232], [30, 60, 150], [30, 130, 80]], np.float32)
    )
    upright, star = rng.random() < 0.5, rng.random() < 0.7
    phase = rng.random() * 6
    clip = []
    for t in range(frames):
        sky = ramp(y, [(70, 120, 190), (150, 190, 225)])
        sky = over(sky, step(clouds[:, t : t + width], 0.5, 0.4) * 0.85, (242, 244, 247))
        along = (x - 0.14) / 0.74
        swing = along * 9 - t * 0.5 + phase
        wave = np.sin(swing + y * 2) * 0.05 * np.clip(along + 0.15, 0, 1)
        down = (y - 0.16 - wave) / 0.6
        inside = step(np.minimum(np.minimum(along, 1 - along) * 0.74, np.minimum(down, 1 - down)
                                 * 0.6), 0, 0.008)  # fmt: skip
        cloth = _cloth(along, down, colours, upright=upright, star=star)
        light = 1 + 0.42 * np.cos(swing + y * 2) * np.clip(along + 0.1, 0, 1) + 0.12 * (weave - 0.5)
        picture = over(sky, inside, np.clip(cloth * light[..., None], 0, 255))
        mast = step(0.011 - np.abs(x - 0.13), 0, 0.004) * (y > 0.08)
        shine = (90 + 120 * np.exp(-(((x - 0.127) * 200) ** 2)))[..., None] * np.ones(3)
        clip.append(over(picture, mast.astype(np.float32), shine.astype(np.float32)))
    return finished(clip, rng)


def _cloth(along: Floats, down: Floats, colours: Floats, *, upright: bool, star: bool) -> Floats:
    third = np.clip((along if upright else down) * 3, 0, 2.99).astype(int)
    cloth = colours[third]
    if star:
        dy, dx = (down - 0.5) * 0.8, (along - 0.5) * 1.2
        angle = np.arctan2(dx, -dy)
        petal = 0.11 + 0.07 * np.cos(5 * angle)
        cloth = over(cloth, step(petal - np.hypot(dy, dx), 0, 0.02), colours[3])
    return cloth
