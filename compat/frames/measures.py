"""Measures a whole clip in one pass: per-frame numbers, their summaries, and nothing else kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compat.frames.clip import ClipInfo
from compat.frames.order import order_measures
from compat.frames.scales import Frame, scales_of
from compat.frames.spatial import measure_frame
from compat.frames.spatial.limits import NAN
from compat.frames.table import Table
from compat.frames.temporal import Succession


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMeasures:
    """Everything detectors look at.

    ``per_frame`` maps each measure's name to one value per frame (NaN where it could not be
    taken); ``order`` are clip-wide measures; ``sizes`` every (width, height) that occurred.
    ``analysed`` are the numbers of the frames that were measured in full, None for all: the others
    have the values of the nearest of them, and their own brightness.
    """

    frames: int
    sizes: tuple[tuple[int, int], ...]
    per_frame: Mapping[str, NDArray[np.float64]]
    order: Mapping[str, float]
    info: ClipInfo | None = None
    analysed: NDArray[np.int_] | None = None

    def series(self, name: str) -> NDArray[np.float64]:
        """Return one value per frame of the measure called ``name``."""
        return self.per_frame[name]

    def median(self, name: str, among: NDArray[np.bool_] | None = None) -> float:
        """Return the median over the frames where the measure could be taken, else NaN.

        ``among`` narrows it to the frames a finding speaks of, so that its numbers are theirs.
        """
        values = self.per_frame[name]
        return summary(values if among is None else values[among], np.nanmedian)


def summary(values: NDArray[np.float64], how: object) -> float:
    """Return ``how`` over the finite values, NaN where there are none."""
    known = values[np.isfinite(values)]
    return float(how(known)) if known.size and callable(how) else NAN


def as_array(frame: Any) -> NDArray[Any]:
    """Return an array, or a tensor of any framework, as a numpy array on the CPU.

    By what it can do and not by its type: torch is never imported here.
    """
    for step in ("detach", "cpu"):
        move = getattr(frame, step, None)
        frame = move() if callable(move) else frame
    return np.asarray(frame)


def measure_clip(frames: Iterable[Frame], *, info: ClipInfo | None = None) -> ClipMeasures:
    """Read RGB uint8 frames [H, W, 3] once and return their measures.

    Memory grows by some seventy numbers of eight bytes per frame, and by a thumbnail of 1.5 KiB
    for each of the first few thousand. Raises ValueError for a frame of another shape or type.
    """
    succession, table = Succession(), Table()
    sizes: dict[tuple[int, int], None] = {}
    for given in frames:
        frame = checked(given)
        scales = scales_of(frame)
        table.add({**measure_frame(frame, scales), **succession.step(scales)})
        sizes.setdefault((frame.shape[1], frame.shape[0]))
    return ClipMeasures(
        frames=table.rows,
        sizes=tuple(sizes),
        per_frame=table.columns(),
        order=order_measures(succession.thumbnails.chosen()),
        info=info,
    )


def checked(given: Any) -> Frame:
    """Return a frame as an array; ValueError unless it is RGB uint8 [H, W, 3]."""
    frame = as_array(given)
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8 or not frame.size:
        raise ValueError(f"a frame is {frame.dtype} {list(frame.shape)}, expected uint8 RGB")
    return frame
