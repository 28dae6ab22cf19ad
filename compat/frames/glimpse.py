"""A frame of which a small version is at hand at once and the whole only when asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from compat.frames.scales import Frame

# Pixels on the shorter side of the small version: 1/8 of 480.
SHORT_SIDE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """``small`` is RGB uint8 [h, w, 3]; ``size`` the (width, height) of the whole frame."""

    small: Frame
    size: tuple[int, int]
    whole: Callable[[], Frame]


def shrinking(width: int, height: int) -> int:
    """Return by how much a frame is made smaller: a whole number, 1 for small frames."""
    return max(1, round(min(width, height) / SHORT_SIDE))


def glimpse_of(frame: Frame) -> Glimpse:
    """Return a glimpse of a frame that is there already: one pixel of each square."""
    height, width = frame.shape[:2]
    every = shrinking(width, height)
    middle = every // 2
    small = np.ascontiguousarray(frame[middle::every, middle::every])
    return Glimpse(small=small, size=(width, height), whole=lambda: frame)
