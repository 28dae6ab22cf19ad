"""A camp fire at night with smoke and sparks."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, bar, finished, fractal, grid, over, ramp, step

GLOW = [(0, 0, 0), (90, 12, 2), (210, 62, 8), (250, 150, 30), (255, 225, 120), (255, 250, 225)]


def fire(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Flames are noise that rises and thins out; logs and ground take their light."""
    y, x = grid(height, width)
    shape = x * width / height - width / height / 2
    rise = max(2, height // 40)
    reach = height + (rise * 2) * frames
    quick, slow = (fractal(reach, width, rng, coarsest=7, keep=0.6) for _ in range(2))
    ground = fractal(height, width, rng, coarsest=12, keep=0.8)
    sparks = rng.random((40, 4))
    clip = []
    for t in range(frames):
        low, fast = rise * t, rise * 2 * t
        flicker = 0.9 + 0.1 * np.sin(t * 1.3) + 0.05 * np.sin(t * 2.9)
        turbulence = 0.55 * quick[fast : fast + height] + 0.45 * slow[low : low + height]
        up = np.clip((0.86 - y) / 0.75, 0, 1)
        sway = 0.18 * (slow[low : low + height] - 0.5) * up
        body = np.exp(-(((shape + sway) / (0.24 * (1.05 - up))) ** 2)) * step(0.9 - y, 0.02, 0.06)
        heat = np.clip(body * (1.5 - 1.5 * up) * (0.35 + turbulence) * flicker - 0.08, 0, 1)
        flames = ramp(heat.astype(np.float32), GLOW)
        smoke = np.clip(turbulence - 0.45, 0, 1) * np.exp(-((shape / (0.2 + 0.3 * up)) ** 2)) * up
        picture = _night(y, shape, ground, flicker) + 90 * smoke[..., None]
        picture = picture + flames
        for side in (-1, 1):
            ends = ((0.93 * height, height * (-0.36 * side)), (0.84 * height, height * 0.2 * side))
            log = bar(y * height, shape * height, *ends, height * 0.035)
            bark = (50 + 60 * ground[..., None]) * np.array([1.3 * flicker, 0.6, 0.35])
            picture = over(picture, log, bark.astype(np.float32))
        clip.append(_sparks(picture, sparks, t))
    return finished(clip, rng, grain=2)


def _night(y: Floats, shape: Floats, ground: Floats, flicker: float) -> Floats:
    distance = np.hypot(shape, (y - 0.85) * 1.4)
    light = flicker * 1.1 / (1 + 18 * distance**2)
    floor = ramp(ground, [(40, 26, 18), (120, 86, 56)]) * (y > 0.78)[..., None]
    sky = np.array([10, 12, 24], np.float32) * (y <= 0.78)[..., None]
    haze = np.array([70, 28, 8], np.float32) * light[..., None]
    return (floor * (0.12 + light[..., None]) + sky + haze).astype(np.float32)


def _sparks(picture: Floats, sparks: np.ndarray, t: int) -> Floats:
    height, width = picture.shape[:2]
    age = (sparks[:, 0] + t * (0.01 + 0.02 * sparks[:, 1])) % 1
    rows = ((0.8 - 0.8 * age) * (height - 2)).astype(int)
    sway = 0.12 * np.sin(age * 9 + sparks[:, 2] * 6) * age + (sparks[:, 3] - 0.5) * 0.3
    columns = np.clip((0.5 + sway) * (width - 2), 0, width - 2).astype(int)
    picture = picture.copy()
    picture[rows, columns] = np.maximum(
        picture[rows, columns], (1 - age)[:, None] * np.array([255, 180, 70])
    )
    return picture
