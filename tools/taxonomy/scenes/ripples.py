"""Rain drops make rings on a pond over pebbles."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, finished, fractal, ramp

SPEED, WAVE = 0.02, 0.09


def ripples(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Rings grow and fade; they bend the ground below and mirror the sky above."""
    margin = 12
    ground = _pebbles(height + 2 * margin, width + 2 * margin, rng)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    unit = min(height, width)
    drops = [
        (rng.random() * height, rng.random() * width, rng.uniform(-40, frames), rng.uniform(0.6, 1))
        for _ in range(4 + frames // 5)
    ]
    swell = rng.uniform(0, 6, 3)
    clip = []
    for t in range(frames):
        surface = 0.25 * np.sin(x / unit * 9 + t * 0.15 + swell[0])
        surface = surface + 0.25 * np.sin(y / unit * 12 - x / unit * 5 + t * 0.12 + swell[1])
        for top, left, begins, weight in drops:
            surface = surface + weight * _ring(np.hypot(y - top, x - left) / unit, t - begins)
        slope_y, slope_x = np.gradient(surface)
        bent = unit * 0.05
        rows = np.clip(np.rint(y + margin + slope_y * bent), 0, height + 2 * margin - 1)
        columns = np.clip(np.rint(x + margin + slope_x * bent), 0, width + 2 * margin - 1)
        below = ground[rows.astype(int), columns.astype(int)]
        shine = np.clip(0.5 + (slope_y * 0.8 + slope_x * 0.5) * unit / 20, 0, 1)
        sky = ramp(shine.astype(np.float32), [(20, 60, 90), (80, 130, 150), (236, 242, 240)])
        # Water near the far shore mirrors the sky, water at our feet shows the ground.
        far = 1 - y / height
        mirror = (0.12 + 0.6 * far**2 + 0.5 * np.clip(shine - 0.55, 0, 1)).clip(0, 1)[..., None]
        clip.append((below * (1 - mirror) + sky * mirror).astype(np.float32))
    return finished(clip, rng)


def _ring(distance: Floats, age: float) -> Floats:
    if age <= 0:
        return np.zeros_like(distance)
    behind = distance - SPEED * age
    envelope = np.exp(-((behind / WAVE) ** 2)) * np.exp(-age / 25) / (0.3 + distance * 4)
    return (np.sin(behind / WAVE * 5) * envelope).astype(np.float32)


def _pebbles(height: int, width: int, rng: Rng) -> Floats:
    count = 90
    places = rng.random((count, 2)) * (height, width)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    near = np.full((height, width), np.inf, np.float32)
    second, whose = near.copy(), np.zeros((height, width), int)
    for number, (top, left) in enumerate(places):
        distance = np.hypot(y - np.float32(top), x - np.float32(left))
        second = np.where(distance < near, near, np.minimum(second, distance))
        whose = np.where(distance < near, number, whose)
        near = np.minimum(near, distance)
    tones = ramp(rng.random(count).astype(np.float32),
                 [(96, 84, 66), (150, 140, 118), (110, 116, 110), (176, 160, 130)])  # fmt: skip
    round_off = np.clip((second - near) / (min(height, width) * 0.06), 0.15, 1) ** 0.5
    grain = fractal(height, width, rng, coarsest=16, keep=0.8)
    return (
        tones[whose]
        * (round_off * (0.75 + 0.5 * grain))[..., None]
        * np.array([0.8, 0.98, 0.95], np.float32)
    )
