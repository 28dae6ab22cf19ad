"""Sums over pictures, as fast as numpy can take them on one core."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NAN = float("nan")


def product_sum(one: Floats, other: Floats) -> float:
    """Return the sum of products of two pictures [..., w].

    Row by row: a product of whole pictures is handed to BLAS, which starts a thread on every core
    for it (fifteen times slower while a render keeps those busy); single rows are too short for
    that, and still four times as fast as ``einsum``.
    """
    return float(row_products(one, other).sum(dtype=np.float64))


def row_products(one: Floats, other: Floats) -> Floats:
    """Return the sum of products of each row [..., w] of two pictures."""
    sums: Floats = np.matmul(one[..., None, :], other[..., :, None])[..., 0, 0]
    return sums


def row_sums(picture: Floats) -> Floats:
    """Return the sum of each row [..., w], which as a product with ones takes half the time."""
    ones = np.ones((picture.shape[-1], 1), np.float32)
    sums: Floats = np.matmul(picture[..., None, :], ones)[..., 0, 0]
    return sums


def mean_square(picture: Floats) -> float:
    """Return the mean of the squares."""
    return product_sum(picture, picture) / picture.size


def spread(picture: Floats) -> float:
    """Return the standard deviation of a picture."""
    return sqrt(mean_square(picture - picture.mean()))


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
    first, second = (float(row_sums(part).sum(dtype=np.float64)) / pixels for part in (one, other))
    spreads = mean_square(one) - first * first, mean_square(other) - second * second
    scale = sqrt(max(0.0, spreads[0]) * max(0.0, spreads[1]))
    if not scale > least:
        return NAN
    return (product_sum(one, other) / pixels - first * second) / scale
