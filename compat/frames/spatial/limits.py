"""How many samples a measure needs before it says more about the picture than about chance."""

from math import log10, sqrt

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats

NAN = float("nan")

# The standard error of a kurtosis of Gaussian data is sqrt(24 / n), 0.25 of 3 at 384.
MIN_GRADIENTS = 384
MIN_BLOCKS = 48
MIN_SIDE = 32
# One grey level of variance: keeps ratios finite on flat areas without touching real contrast.
FLOOR = 1e-3


def mean_square(picture: Floats) -> float:
    """Return the mean of the squares, without a temporary copy of the picture."""
    return product_sum(picture, picture) / picture.size


def product_sum(one: Floats, other: Floats) -> float:
    """Return the sum of products, summed by numpy itself: BLAS would start threads for it."""
    return float(np.einsum("i,i->", one.ravel(), other.ravel()))


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
    first, second = one - one.mean(), other - other.mean()
    scale: float = sqrt(mean_square(first) * mean_square(second))
    if not scale > least:
        return NAN
    return float(product_sum(first, second) / (first.size * scale))
