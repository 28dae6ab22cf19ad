"""Sums over pictures, as fast as numpy can take them on one core."""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NAN = float("nan")


# BLAS starts a thread on every core for products of more than 10,000 numbers, which is fifteen
# times slower while a render keeps those busy. Shorter ones it takes on this core, four times as
# fast as numpy's own sums.
CHUNK = 8192


def product_sum(one: Floats, other: Floats) -> float:
    """Return the sum of products of two pictures of the same shape."""
    if not (one.flags.c_contiguous and other.flags.c_contiguous):
        return float(row_products(one, other).sum(dtype=np.float64))
    first, second = one.reshape(-1), other.reshape(-1)
    whole = first.size // CHUNK * CHUNK
    summed = float(np.dot(first[whole:], second[whole:]))
    if whole:
        chunks = (part[:whole].reshape(-1, CHUNK) for part in (first, second))
        summed += float(row_products(*chunks).sum(dtype=np.float64))
    return summed


def row_products(one: Floats, other: Floats) -> Floats:
    """Return the sum of products of each row [..., w] of two pictures."""
    sums: Floats = np.matmul(one[..., None, :], other[..., :, None])[..., 0, 0]
    return sums


def row_sums(picture: Floats) -> Floats:
    """Return the sum of each row [..., w], which as a product with ones takes half the time."""
    sums: Floats = np.matmul(picture[..., None, :], _ones(picture.shape[-1]))[..., 0, 0]
    return sums


@lru_cache(maxsize=32)
def _ones(count: int) -> Floats:
    return np.ones((count, 1), np.float32)


def total(picture: Floats) -> float:
    """Return the sum of a picture."""
    return float(row_sums(picture).sum(dtype=np.float64))


def mean_square(picture: Floats) -> float:
    """Return the mean of the squares."""
    return product_sum(picture, picture) / picture.size


def spread(picture: Floats) -> float:
    """Return the standard deviation of a picture."""
    return sqrt(mean_square(picture - np.float32(total(picture) / picture.size)))


@dataclass(frozen=True, slots=True)
class Columns:
    """A picture [h, w] with the sums of its columns, so that windows of it compare at little cost.

    ``sums`` and ``squares`` are [w]: the sum and the sum of squares of each column.
    """

    picture: Floats
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]

    def correlation(self, one: slice, other: slice, least: float) -> float:
        """Return the correlation of two windows of as many columns.

        NaN where there is less contrast than ``least``.
        """
        pixels = self.sums[one].size * self.picture.shape[0]
        if not pixels:
            return NAN
        means = [float(self.sums[part].sum()) / pixels for part in (one, other)]
        spreads = [
            max(0.0, float(self.squares[part].sum()) / pixels - mean * mean)
            for part, mean in zip((one, other), means, strict=True)
        ]
        scale: float = sqrt(spreads[0] * spreads[1])
        if not scale > least:
            return NAN
        together: float = product_sum(self.picture[:, one], self.picture[:, other]) / pixels
        return float((together - means[0] * means[1]) / scale)


def columns_of(picture: Floats) -> Columns:
    """Return the sums of the columns of a picture [h, w] whose mean is near zero."""
    sums = picture.sum(axis=0).astype(np.float64)
    return Columns(picture, sums, np.square(picture).sum(axis=0).astype(np.float64))


def gradient_correlation(one: Floats, other: Floats, least: float) -> float:
    """Return the correlation of two pictures whose means are not far from zero.

    Their raw moments are exact enough for that, which spares two copies. NaN where there is less
    contrast than ``least``.
    """
    pixels = one.size
    if not pixels:
        return NAN
    first, second = total(one) / pixels, total(other) / pixels
    spreads = mean_square(one) - first * first, mean_square(other) - second * second
    scale = sqrt(max(0.0, spreads[0]) * max(0.0, spreads[1]))
    if not scale > least:
        return NAN
    return (product_sum(one, other) / pixels - first * second) / scale
