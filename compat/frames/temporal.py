"""What frames say about each other: steps, correlation, and whether their order makes sense."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats, thumbnail
from compat.frames.spatial import NAN, picture_correlation

# Pairs drawn to learn how far apart two frames of this clip are when order plays no part.
RANDOM_PAIRS = 256


class Succession:
    """Compares each frame with the two before it; holds two small pictures and thumbnails."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._before: list[Floats] = []
        self._thumbnails: list[NDArray[np.float16]] = []

    def step(self, colour: Floats) -> dict[str, float]:
        """Return how the next frame, quarter-size colour [h, w, 3], differs from those before it.

        Colour, because red on blue may be equally bright and still move. ``step`` and ``two_step``
        are mean absolute grey levels against the last and the one before it, ``step_peak`` the
        largest difference, ``frame_correlation`` the correlation with the last. NaN where there is
        no such frame or the size changed.
        """
        same = [other for other in self._before if other.shape == colour.shape]
        measures = dict.fromkeys(("step", "two_step", "step_peak", "frame_correlation"), NAN)
        if same:
            difference = np.abs(colour - same[-1])
            measures["step"] = float(difference.mean())
            measures["step_peak"] = float(difference.max())
            measures["frame_correlation"] = colour_correlation(colour, same[-1])
        if len(same) == 2:
            measures["two_step"] = float(np.abs(colour - same[0]).mean())
        self._before = [*self._before[-1:], colour]
        self._thumbnails.append(thumbnail(colour))
        return measures

    def order(self) -> dict[str, float]:
        """Return clip-wide measures of temporal order; NaN for clips of fewer than 8 frames.

        ``neighbour_ratio`` is the distance of neighbours over that of random pairs: about 1 when
        order means nothing, far below in video.
        """
        shape = self._thumbnails[0].shape if self._thumbnails else (0, 0)
        stack = np.array([t for t in self._thumbnails if t.shape == shape], np.float32)
        if len(stack) < 8:
            return {"neighbour_ratio": NAN}
        flat = stack.reshape(len(stack), -1)
        chance = np.random.default_rng(0).integers(0, len(flat), (2, RANDOM_PAIRS))
        apart = chance[:, np.abs(chance[0] - chance[1]) > 1]
        near = np.abs(np.diff(flat, axis=0)).mean(axis=1)
        far = np.abs(flat[apart[0]] - flat[apart[1]]).mean(axis=1)
        usual = float(np.median(far))
        return {"neighbour_ratio": float(np.median(near)) / usual if usual > 0.5 else NAN}


def colour_correlation(one: Floats, other: Floats) -> float:
    """Return the correlation of two colour pictures, each channel about its own mean."""
    return picture_correlation(one - one.mean(axis=(0, 1)), other - other.mean(axis=(0, 1)))


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
