"""A city at night: lit windows, cars on a wet road, a blinking mast."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, finished, fractal, grid, ramp

ROAD = 0.74


def city(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Windows go on and off now and then; lamps of cars draw streaks in the wet."""
    y, x = grid(height, width)
    still, lamps = _skyline(height, width, y, rng)
    cars = [
        (rng.random(), rng.choice([-1, 1]) * rng.uniform(0.012, 0.03), rng.uniform(0.8, 0.92))
        for _ in range(6)
    ]
    wet = fractal(height, width, rng, coarsest=6, keep=0.75)
    clip = []
    for t in range(frames):
        picture = still.copy()
        for top, left, size, colour, begins in lamps:
            if (t + begins) % 97 > 12:
                picture[top : top + size, left : left + max(1, size - 1)] = colour
        picture = picture + _lights(cars, y, x, t)
        clip.append(_mirrored(picture, y, wet))
    return finished(clip, rng, grain=2.5)


def _skyline(
    height: int, width: int, y: Floats, rng: Rng
) -> tuple[Floats, list[tuple[int, int, int, Floats, int]]]:
    glow = fractal(height, width, rng, coarsest=3)
    picture = ramp(y * 1.2 + 0.15 * glow, [(8, 10, 28), (24, 24, 52), (74, 52, 70)])
    road, lamps = int(ROAD * height), []
    size = max(2, height // 48)
    for layer in range(3):
        left = -int(rng.integers(0, width // 8))
        while left < width:
            across = int(rng.uniform(0.08, 0.2) * width)
            roof = int(rng.uniform(0.12, 0.4) * height + (0.14 * layer) * height)
            tone = np.array([22, 24, 36], np.float32) * (1.5 - 0.45 * layer)
            picture[roof:road, max(0, left) : max(0, left + across)] = tone
            for top in range(roof + size, road - 2 * size, 2 * size + 1):
                for place in range(max(1, left + size), min(width - 3, left + across - size),
                                   2 * size + 1):  # fmt: skip
                    if rng.random() < 0.12 + 0.14 * layer:
                        warm = ramp(np.float32(rng.random()),
                                    [(255, 190, 96), (255, 232, 180), (180, 210, 255)])  # fmt: skip
                        colour = warm * np.float32(rng.uniform(0.4, 0.9))
                        lamps.append((top, place, size, colour, int(rng.integers(0, 97))))
            left += across + int(rng.integers(0, max(2, width // 20)))
    picture[road:] = np.array([20, 20, 26], np.float32)
    return picture, lamps


def _lights(cars: list[tuple[float, float, float]], y: Floats, x: Floats, t: int) -> Floats:
    total = np.zeros((*y.shape, 3), np.float32)
    for start, speed, row in cars:
        place = (start + speed * t) % 1.2 - 0.1
        colour = (255, 236, 190) if speed > 0 else (255, 50, 36)
        for shift in (0, 0.025):
            spot = np.exp(-(((x - place - shift) * 90) ** 2) - ((y - row) * 70) ** 2)
            halo = 0.25 * np.exp(-(((x - place - shift) * 22) ** 2) - ((y - row) * 20) ** 2)
            total += (spot + halo)[..., None] * np.asarray(colour, np.float32)
    return total


def _mirrored(picture: Floats, y: Floats, wet: Floats) -> Floats:
    height, width = y.shape
    road = int(ROAD * height)
    deep = np.arange(height - road)
    rows = np.clip(road - 1 - deep * 2, 0, road - 1)
    shift = ((wet[road:] - 0.5) * 8).astype(int)
    columns = np.clip(np.arange(width)[None] + shift, 0, width - 1)
    mirror = picture[rows[:, None], columns]
    picture = picture.copy()
    picture[road:] += 0.55 * mirror * wet[road:, :, None]
    return picture
