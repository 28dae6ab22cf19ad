"""Tells from small pictures which frames are not like those before them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import LUMA, Floats
from compat.frames.sums import row_sums

# The small picture is compared in cells of a 4 x 4 grid, so that one spoiled corner shows.
GRID = 4
# A cell jumps when it changes by this many times its usual change and this many grey levels more
# (the same as a cut in compat.frames.order), or when its detail grows or shrinks by this factor,
# each raised by three levels so that flat cells stay quiet.
TIMES, LEVELS, FACTOR, RAISED = 4.0, 6.0, 2.0, 3.0
# Weight of the newest frame in what is usual: about the last six frames.
NEWEST = 0.3
Cells = NDArray[np.float32]


@dataclass(slots=True)
class Jumps:
    """Compares each small picture with the one before it, and with how much usually changes."""

    _before: Floats | None = None
    _change: Cells = field(default_factory=lambda: np.zeros(0, np.float32))
    _detail: Cells = field(default_factory=lambda: np.zeros(0, np.float32))

    def see(self, small: Floats) -> bool:
        """Take the next small picture [3, h, w]; say whether it is unlike those before it."""
        before, self._before = self._before, small
        detail = _cells(small[:, :, 1:] - small[:, :, :-1])
        if before is None or before.shape != small.shape:
            self._change, self._detail = np.zeros_like(detail), detail
            return True
        change = _cells(small - before)
        ratio = (detail + RAISED) / (self._detail + RAISED)
        jumped = bool(
            (change > TIMES * self._change + LEVELS).any()
            or (ratio > FACTOR).any()
            or (ratio < 1 / FACTOR).any()
        )
        # After a jump what is usual begins anew: the frames that follow are another shot.
        weight = 1.0 if jumped else NEWEST
        self._detail = self._detail + weight * (detail - self._detail)
        self._change = self._change + NEWEST * (change - self._change)
        return jumped


def brightness(small: Floats) -> float:
    """Return the mean luma of a small picture [3, h, w]."""
    pixels = small.shape[1] * small.shape[2]
    return float(np.dot(row_sums(small.reshape(3, -1)), LUMA) / pixels)


def _cells(differences: Floats) -> Cells:
    """Return the mean size in each cell [3, h, w]; a side shorter than four is one cell."""
    channels, height, width = differences.shape
    down, across = (GRID if side >= GRID else 1 for side in (height, width))
    tall, wide = height // down, width // across
    size = np.abs(differences, out=differences)[:, : tall * down]
    rows = size.reshape(channels, down, tall, width).sum(axis=2).sum(axis=0)
    cells: Cells = rows[:, : wide * across].reshape(down, across, wide).sum(axis=2)
    return cells / np.float32(tall * wide * channels)
