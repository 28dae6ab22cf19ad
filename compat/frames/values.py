"""Tells in which range the values of frames lie, and brings them to 0 to 255."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Decoders overshoot a little; what stands further out than this was not meant as a picture.
OVERSHOOT = 0.05
# Floats above this were meant to run to 255: no decoder overshoots 1 eightfold.
BYTES_FROM = 8.0
DEPTHS = (8, 10, 12, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What ``low`` and ``high`` stand for black and white, and how it is called."""

    low: float
    high: float

    @property
    def words(self) -> str:
        """The range as a person says it."""
        return f"{self.low:g} to {self.high:g}"


def as_numbers(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return ``values`` as numbers: bfloat16, which numpy stores as two raw bytes, as float32."""
    if values.dtype.kind == "V" and values.dtype.itemsize == 2:
        bits = np.ascontiguousarray(values).view(np.uint16).astype(np.uint32) << 16
        return bits.view(np.float32)
    return values


def refused_dtype(dtype: "np.dtype[np.generic]") -> str:
    """Say why values of this type cannot be frames; empty where they can."""
    if dtype.kind in "fuib" or (dtype.kind == "V" and dtype.itemsize == 2 and not dtype.fields):
        return ""
    return f"{dtype} values, expected uint8, uint16 or floating point"


def range_of(pictures: Iterable[NDArray[np.generic]]) -> Range:
    """Look at all values, some at a time, and say what black and white are.

    Floats below -0.05 mean -1 to 1, floats far above 1 mean 0 to 255, integers the smallest of 8,
    10, 12 and 16 bits that holds them. NaN and infinities are left out.
    """
    low, high, kind = 0.0, 0.0, "f"
    for picture in pictures:
        numbers = as_numbers(picture)
        kind = numbers.dtype.kind
        if numbers.dtype == np.uint8:
            return Range(low=0, high=255)
        finite = numbers[np.isfinite(numbers)] if kind == "f" else numbers
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if kind == "b":
        return Range(low=0, high=1)
    if kind in "ui":
        return Range(low=0, high=next((2**d - 1 for d in DEPTHS if high < 2**d), high))
    # Latents saved as frames reach 4 and more on both sides; 0 to 255 does not go below zero.
    if high > BYTES_FROM and low > -OVERSHOOT * 255:
        return Range(low=0, high=255)
    return Range(low=-1 if low < -OVERSHOOT else 0, high=1)
