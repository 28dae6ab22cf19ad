"""Latents as arrays [T, C, h, w] of about unit spread, and small operations on them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Latents = NDArray[Any]
Rng = np.random.Generator
Fault = Callable[[Latents, Rng], Latents]


def normal(rng: Rng, shape: tuple[int, ...]) -> Latents:
    """Return unit noise."""
    return rng.normal(0, 1, shape).astype(np.float32)


def smooth(field: Latents, times: int) -> Latents:
    """Blur axes 2 and 3 by repeated neighbour averages, on a torus, and return unit spread."""
    blurred = averaged(field, times)
    return blurred / blurred.std()


def averaged(field: Latents, times: int) -> Latents:
    """Blur axes 2 and 3 by repeated neighbour averages, on a torus."""
    for _ in range(times):
        for axis in (2, 3):
            field = (field + np.roll(field, 1, axis) + np.roll(field, -1, axis)) / 3
    return field


def uniform(rng: Rng, low: float, high: float) -> np.float32:
    """Return one number that keeps single precision single."""
    return np.float32(rng.uniform(low, high))


def rectangles(rng: Rng, z: Latents, share: float) -> NDArray[np.bool_]:
    """Return a mask [T, 1, h, w] of rectangles that cover about this share, still or moving."""
    count, _, height, width = z.shape
    mask = np.zeros((count, 1, height, width), bool)
    for _ in range(200):
        if mask.mean() >= share:
            break
        high, wide = (int(rng.integers(1, max(2, side // 2) + 1)) for side in (height, width))
        top, left = int(rng.integers(0, height)), int(rng.integers(0, width))
        times = slice(None) if rng.random() < 0.7 else slice(int(rng.integers(0, count)), None)
        mask[times, :, top : top + high, left : left + wide] = True
    return mask
