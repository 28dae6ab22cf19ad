"""How many samples a measure needs before it says more about the picture than about chance."""

from math import log10, sqrt

import numpy as np
from numpy.typing import NDArray

from compat.frames.sums import NAN, Floats, mean_square, product_sum, total

__all__ = ["FLOOR", "MIN_BLOCKS", "MIN_GRADIENTS", "MIN_SIDE", "NAN", "log_ratio", "mean_square",
           "middle", "picture_correlation", "product_sum", "variation"]  # fmt: skip

# The standard error of a kurtosis of Gaussian data is sqrt(24 / n), 0.25 of 3 at 384.
MIN_GRADIENTS = 384
MIN_BLOCKS = 48
MIN_SIDE = 32
# One grey level of variance: keeps ratios finite on flat areas without touching real contrast.
FLOOR = 1e-3


def log_ratio(upper: float, lower: float, floor: float = 0.05) -> float:
    """Return log10 of a ratio of energies, each raised by ``floor`` so that flat stays finite."""
    return log10((upper + floor) / (lower + floor))


def variation(values: NDArray[np.floating]) -> float:
    """Return standard deviation over mean of block values; NaN for too few or all-flat blocks."""
    if values.size < MIN_BLOCKS:
        return NAN
    mean = float(values.mean())
    return float(values.std()) / mean if mean >= 0.05 else NAN


def picture_correlation(one: Floats, other: Floats, least: float = 0.5) -> float:
    """Return the correlation of two pictures; NaN where contrast is below ``least`` levels."""
    first, second = (part - np.float32(total(part) / part.size) for part in (one, other))
    scale: float = sqrt(mean_square(first) * mean_square(second))
    if not scale > least:
        return NAN
    return float(product_sum(first, second) / (first.size * scale))


def middle(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the median along the first axis; ``numpy.median`` takes five times as long."""
    ordered = np.sort(values, axis=0)
    count = len(ordered)
    medians: NDArray[np.floating] = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return medians
