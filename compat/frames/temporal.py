"""What frames say about each other: steps, correlation, and whether their order makes sense."""

from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats, Scales, averaged, thumbnail
from compat.frames.spatial.edges import kurtosis
from compat.frames.spatial.limits import FLOOR, NAN, picture_correlation
from compat.frames.sums import mean_square, product_sum, spread
from compat.frames.thumbnails import Thumbnails

STEP_NAMES = (
    "step", "two_step", "step_peak", "frame_correlation", "step_kurtosis", "step_coarse",
    "step_on_edges", "step_share",
)  # fmt: skip
# Below this mean square, in grey levels, a difference is what encoding leaves of a still.
NO_STEP = 0.05
# Product of the spreads of two frames, in grey levels, below which a correlation is chance.
LEAST_CONTRAST = 0.5


class Succession:
    """Compares each frame with the two before it; holds two small pictures and thumbnails."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._before: list[Scales] = []
        self.thumbnails = Thumbnails()

    def step(self, scales: Scales) -> dict[str, float]:
        """Return how the next frame differs, at quarter size, from those before it.

        Colour, because red on blue may be equally bright and still move. ``step`` and ``two_step``
        are mean absolute grey levels against the last and the one before it, ``step_peak`` the
        largest difference, ``frame_correlation`` the correlation with the last. ``step_kurtosis``,
        ``step_coarse`` and ``step_on_edges`` tell motion (sparse, at edges) from boiling noise.
        NaN where there is no such frame or the size changed.
        """
        same = [other for other in self._before if other.colour.shape == scales.colour.shape]
        measures = dict.fromkeys(STEP_NAMES, NAN)
        if same:
            measures |= _compared(scales, same[-1])
        if len(same) == 2:
            measures["two_step"] = _mean_distance(scales.colour - same[0].colour)
        self._before = [*self._before[-1:], scales]
        self.thumbnails.append(thumbnail(scales.colour))
        return measures


def _mean_distance(difference: Floats) -> float:
    return float(np.abs(difference, out=difference).mean())


def _compared(scales: Scales, before: Scales) -> dict[str, float]:
    difference = scales.colour - before.colour
    energy = mean_square(difference)
    size = np.abs(difference, out=difference)
    measures = {
        "step": float(size.mean()),
        "step_peak": float(size.max()),
        "frame_correlation": colour_correlation(scales, before),
    }
    moved = scales.grey - before.grey
    if energy < NO_STEP or min(moved.shape) < 8:
        return measures
    rows = np.abs(moved[::2])
    edges = before.grey[::2]
    gradient = np.abs(edges[:, 1:] - edges[:, :-1])
    return {
        **measures,
        "step_kurtosis": kurtosis(moved),
        "step_coarse": spread(averaged(moved, 4)) / (spread(moved) + FLOOR),
        "step_on_edges": picture_correlation(rows[:, 1:], gradient, FLOOR),
        "step_share": energy / (energy + 2 * _variance(before) + 1),
    }


def _variance(scales: Scales) -> float:
    """Return the mean variance of the planes of colour."""
    return sum(one * one for one in scales.spreads[:3]) / 3


def colour_correlation(one: Scales, other: Scales) -> float:
    """Return the correlation of two colour pictures, each channel about its own mean."""
    scale = sqrt(_variance(one) * _variance(other))
    if not scale > LEAST_CONTRAST:
        return NAN
    return product_sum(one.centred, other.centred) / one.colour.size / scale


def turning_share(series: NDArray[np.floating], least: float) -> float:
    """Return the share of inner values that stand ``least`` above or below both neighbours."""
    if series.size < 4:
        return NAN
    turns = [
        min(abs(middle - left), abs(middle - right)) >= least
        and (middle - left) * (middle - right) > 0
        for (left, middle), (_, right) in zip(
            pairwise(series[:-1]), pairwise(series[1:]), strict=True
        )
    ]
    return float(np.mean(turns))
