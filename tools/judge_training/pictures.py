"""Small operations on clips that several generators share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Clip = NDArray[np.uint8]
Rng = np.random.Generator


def as_bytes(values: NDArray[Any]) -> Clip:
    """Round and cut off to 0..255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def smoothed(field: NDArray[Any], times: int) -> NDArray[Any]:
    """Blur axes 1 and 2 by repeated neighbour averages, on a torus."""
    for _ in range(times):
        for axis in (1, 2):
            field = (field + np.roll(field, 1, axis) + np.roll(field, -1, axis)) / 3
    return field


def enlarged(cells: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Repeat cells [T, h, w, C] until they cover [T, H, W, C]."""
    rows = np.arange(shape[1]) * cells.shape[1] // shape[1]
    columns = np.arange(shape[2]) * cells.shape[2] // shape[2]
    return cells[:, rows][:, :, columns]


def random_colour(rng: Rng) -> NDArray[Any]:
    """Return one colour: black, grey, white, a pure one or any."""
    presets = [
        (0, 0, 0),
        (128, 128, 128),
        (255, 255, 255),
        (0, 135, 0),
        (20, 30, 225),
        (255, 0, 255),
    ]
    return np.array(
        presets[rng.integers(len(presets))] if rng.random() < 0.5 else rng.uniform(0, 255, 3)
    )
