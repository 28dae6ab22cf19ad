"""What frames say about each other: steps, correlation, and whether their order makes sense."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats, luma_of, thumbnail
from compat.frames.spatial.edges import kurtosis
from compat.frames.spatial.limits import FLOOR, NAN, mean_square, picture_correlation

STEP_NAMES = (
    "step", "two_step", "step_peak", "frame_correlation", "step_kurtosis", "step_coarse",
    "step_on_edges", "step_share",
)  # fmt: skip
# Below this mean square, in grey levels, a difference is what encoding leaves of a still.
NO_STEP = 0.05


class Succession:
    """Compares each frame with the two before it; holds two small pictures and thumbnails."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._before: list[Floats] = []
        self.thumbnails: list[NDArray[np.float16]] = []

    def step(self, colour: Floats) -> dict[str, float]:
        """Return how the next frame, quarter-size planes [3, h, w], differs from those before it.

        Colour, because red on blue may be equally bright and still move. ``step`` and ``two_step``
        are mean absolute grey levels against the last and the one before it, ``step_peak`` the
        largest difference, ``frame_correlation`` the correlation with the last. ``step_kurtosis``,
        ``step_coarse`` and ``step_on_edges`` tell motion (sparse, at edges) from boiling noise.
        NaN where there is no such frame or the size changed.
        """
        same = [other for other in self._before if other.shape == colour.shape]
        measures = dict.fromkeys(STEP_NAMES, NAN)
        if same:
            measures |= _compared(colour, same[-1])
        if len(same) == 2:
            measures["two_step"] = float(np.abs(colour - same[0]).mean())
        self._before = [*self._before[-1:], colour]
        self.thumbnails.append(thumbnail(colour))
        return measures


def _compared(colour: Floats, before: Floats) -> dict[str, float]:
    difference = colour - before
    energy = mean_square(difference)
    size = np.abs(difference)
    measures = {
        "step": float(size.mean()),
        "step_peak": float(size.max()),
        "frame_correlation": colour_correlation(colour, before),
    }
    moved = luma_of(difference)
    if energy < NO_STEP or min(moved.shape) < 8:
        return measures
    rows = np.abs(moved[::2])
    gradient = np.abs(np.diff(luma_of(before[:, ::2]), axis=1))
    coarse = moved[: moved.shape[0] // 4 * 4, : moved.shape[1] // 4 * 4]
    coarse = coarse.reshape(coarse.shape[0] // 4, 4, -1, 4).mean(axis=(1, 3))
    return {
        **measures,
        "step_kurtosis": kurtosis(moved),
        "step_coarse": float(coarse.std() / (moved.std() + FLOOR)),
        "step_on_edges": picture_correlation(rows[:, 1:], gradient, FLOOR),
        "step_share": energy / (energy + 2 * float(np.mean([plane.var() for plane in before])) + 1),
    }


def colour_correlation(one: Floats, other: Floats) -> float:
    """Return the correlation of two colour pictures [3, h, w], each channel about its own mean."""
    means = (1, 2)
    return picture_correlation(
        one - one.mean(axis=means, keepdims=True), other - other.mean(axis=means, keepdims=True)
    )


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
