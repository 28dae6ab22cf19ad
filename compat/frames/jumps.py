"""Tells from small pictures which frames are not like those before them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import LUMA, Frame

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

    _before: NDArray[np.int16] | None = None
    _change: Cells = field(default_factory=lambda: np.zeros(0, np.float32))
    _detail: Cells = field(default_factory=lambda: np.zeros(0, np.float32))

    def see(self, small: Frame) -> bool:
        """Take the next small picture [h, w, 3]; say whether it is unlike those before it."""
        values = small.astype(np.int16)
        before, self._before = self._before, values
        detail = _cells(np.abs(values[:, 1:] - values[:, :-1]))
        if before is None or before.shape != values.shape:
            self._change, self._detail = np.zeros_like(detail), detail
            return True
        change = _cells(np.abs(values - before))
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


def brightness(small: Frame) -> float:
    """Return the mean luma of a small picture."""
    return float(small.mean(axis=(0, 1)) @ LUMA)


def _cells(values: NDArray[np.int16]) -> Cells:
    """Return the mean of each cell; a side shorter than four cells is one cell."""
    height, width, channels = values.shape
    down, across = (GRID if side >= GRID else 1 for side in (height, width))
    tall, wide = height // down, width // across
    cut = np.ascontiguousarray(values[: tall * down, : wide * across])
    rows = cut.reshape(down, tall, -1).sum(axis=1, dtype=np.int32)
    means: Cells = rows.reshape(down, across, -1).sum(axis=2) / np.float32(tall * wide * channels)
    return means
