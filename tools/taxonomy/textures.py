"""Fields that scenes are made of: fractal noise, coordinates, colour ramps."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[Any]
"""Single or double precision; pictures are in 0..255 and not rounded yet."""
Rng = np.random.Generator


def grid(height: int, width: int) -> tuple[Floats, Floats]:
    """Return rows and columns as [height, width], from 0 to 1 down and to 1 across."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return y / max(1, height - 1), x / max(1, width - 1)


def fractal(
    height: int, width: int, rng: Rng, *, coarsest: int = 4, octaves: int = 6, keep: float = 0.5
) -> Floats:
    """Return noise of many scales in [0, 1]: ``coarsest`` cells on the short side, then doubled.

    Each octave is ``keep`` times as strong as the one before: 0.5 gives clouds and hills, 0.7 sand.
    """
    total = np.zeros((height, width), np.float32)
    short = min(height, width)
    for octave in range(octaves):
        cells = coarsest * 2**octave
        if cells > short:
            break
        rows, columns = (max(2, round(cells * side / short)) for side in (height, width))
        values = rng.random((rows, columns)).astype(np.float32)
        big = Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)
        total += np.asarray(big) * keep**octave
    low, high = total.min(), total.max()
    return (total - low) / max(high - low, np.float32(1e-6))


def ramp(values: Floats | np.float32, colours: Sequence[tuple[float, float, float]]) -> Floats:
    """Map [0, 1] to colours at even distances, in between mixed: [..., 3]."""
    table = np.asarray(colours, np.float32)
    places = np.asarray(np.clip(values, 0, 1) * (len(table) - 1))
    below = np.minimum(places.astype(np.int64), len(table) - 2)
    share = (places - below)[..., None].astype(np.float32)
    return table[below] * (1 - share) + table[below + 1] * share


def step(values: Floats, edge: float, softness: float) -> Floats:
    """Return 0 below ``edge`` and 1 above it, with a smooth way between."""
    x = np.clip((values - edge) / softness + 0.5, 0, 1)
    return (x * x * (3 - 2 * x)).astype(np.float32)


def over(picture: Floats, mask: Floats, colour: Floats | Sequence[float]) -> Floats:
    """Paint ``colour`` ([3] or [H, W, 3]) over ``picture`` where ``mask`` [H, W] says so."""
    share = mask[..., None]
    return picture * (1 - share) + np.asarray(colour, np.float32) * share


def disc(y: Floats, x: Floats, centre: tuple[float, float], radius: float, edge: float) -> Floats:
    """Return the mask of a disc in the units of ``y`` and ``x``, soft over ``edge``."""
    distance = np.hypot(y - np.float32(centre[0]), x - np.float32(centre[1]))
    return step(radius - distance, 0, edge)


def bar(
    y: Floats, x: Floats, start: tuple[float, float], end: tuple[float, float], width: float
) -> Floats:
    """Return the mask of a thick line with round ends, one unit soft at its edge."""
    dy, dx = end[0] - start[0], end[1] - start[1]
    along = ((y - start[0]) * dy + (x - start[1]) * dx) / max(dy * dy + dx * dx, 1e-6)
    along = np.clip(along, 0, 1)
    distance = np.hypot(y - start[0] - along * dy, x - start[1] - along * dx)
    return step((width - distance).astype(np.float32), 0, 1.5)


def finished(frames: Sequence[Floats], rng: Rng, grain: float = 1.2) -> NDArray[np.uint8]:
    """Return frames of 0..255 as a clip, with the grain of a camera of that standard deviation."""
    clip = np.stack(frames)
    if grain:
        clip = clip + grain * rng.standard_normal(clip.shape, np.float32)
    return np.clip(np.rint(clip), 0, 255).astype(np.uint8)
