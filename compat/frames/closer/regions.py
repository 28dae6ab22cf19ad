"""Whether one part of the frame is of another kind than the rest, with a straight border."""

import warnings

import numpy as np

from compat.frames.scales import Floats, averaged
from compat.frames.spatial.limits import NAN

# Cells of 8 squares at quarter size are 32 px; in small frames 4, so that there are enough.
CELL, SMALL_CELL, SMALL = 8, 4, 64
LEAST_SHARE = 0.2


class CellMaps:
    """Maps of the frame's cells, summed over frames: detail, how Gaussian it is, what moved oddly.

    What moves averages out; a region that was never denoised stays where it is.
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self.maps: dict[str, list[Floats]] = {"detail": [], "noise": [], "motion": []}

    def add(self, grey: Floats, left: Floats | None) -> None:
        """Add one frame's quarter-size luma [h, w] and what motion left unexplained per block."""
        side = CELL if min(grey.shape) >= SMALL else SMALL_CELL
        if min(grey.shape) < 4 * side + 1:
            return
        across = np.abs(grey[:-1, 1:] - grey[:-1, :-1])
        down = np.abs(grey[1:, :-1] - grey[:-1, :-1])
        mean = averaged(across, side) + averaged(down, side)
        square = averaged(np.square(across), side) + averaged(np.square(down), side)
        self.maps["detail"].append(np.log10(mean + np.float32(0.5)))
        even = np.square(mean) / (2 * square + np.float32(0.01))
        self.maps["noise"].append(np.where(mean > 1, even, np.float32(np.nan)))
        if left is not None:
            self.maps["motion"].append(left)


def region_measures(maps: CellMaps) -> dict[str, float]:
    """Return for each map the share of its variance that one straight border explains, 0 to 1.

    And its spread, so that a share of nothing can be told.
    """
    measures = {}
    for name, parts in maps.maps.items():
        mean = _mean([part for part in parts if part.shape == parts[0].shape])
        share, spread = (NAN, NAN) if mean is None else split(mean)
        measures[f"split_{name}"] = share
        measures[f"uneven_{name}"] = spread
    return measures


def _mean(parts: list[Floats]) -> Floats | None:
    if not parts or min(parts[0].shape) < 4:
        return None
    with warnings.catch_warnings():
        # A cell may be flat in every frame.
        warnings.simplefilter("ignore", RuntimeWarning)
        mean = np.nanmean(np.stack(parts), axis=0)
    known = np.isfinite(mean)
    if known.mean() < 0.3:
        return None
    filled: Floats = np.where(known, mean, np.median(mean[known]))
    return filled


def split(cells: Floats) -> tuple[float, float]:
    """Return the share of a map's variance between the sides of its best border, and its std."""
    total = float(cells.var()) + 1e-6
    best = 0.0
    for turned in (cells, cells.T):
        means = turned.mean(axis=1)
        least = max(1, int(len(means) * LEAST_SHARE))
        for place in range(least, len(means) - least + 1):
            share = place / len(means)
            apart = float(means[:place].mean() - means[place:].mean())
            best = max(best, share * (1 - share) * apart**2 / total)
    return best, float(np.sqrt(total))
