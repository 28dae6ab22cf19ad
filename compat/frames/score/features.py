"""What the score looks at: each measure's middle and both ends over the clip."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
PerFrame = Mapping[str, NDArray[np.floating]]

# Ends are deciles and not extremes, so that one cut or flash decides nothing.
ENDS = (0.1, 0.5, 0.9)
SUFFIXES = (" low", "", " high")
# Absolute brightness, and counts that grow with the picture, say nothing about being a picture;
# the last three belong to rules that need no calibration.
NOT_USED = frozenset({"luma_mean", "colours", "loop_length", "edge_peak", "tile_seams", "thirds"})


def clip_features(per_frame: PerFrame, order: Mapping[str, float]) -> dict[str, float]:
    """Return the named features of a clip; NaN where a measure could not be taken."""
    names = [name for name in per_frame if name not in NOT_USED]
    ends = quantiles(np.stack([np.asarray(per_frame[name], np.float64) for name in names]))
    features = {
        name + suffix: float(ends[place, row])
        for row, name in enumerate(names)
        for place, suffix in enumerate(SUFFIXES)
    }
    return features | {name: float(order[name]) for name in order if name not in NOT_USED}


def quantiles(rows: Matrix) -> Matrix:
    """Return the low, middle and high value of each row, NaN where a row has none: [3, rows].

    The same as ``numpy.nanquantile``, which goes through the rows one by one in Python.
    """
    ordered = np.sort(rows, axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    last = np.maximum(known - 1, 0)
    places = np.array(ENDS)[:, None] * last
    below = np.floor(places).astype(int)
    at = np.arange(len(rows))
    low, high = ordered[at, below], ordered[at, np.minimum(below + 1, last)]
    ends: Matrix = low + (high - low) * (places - below)
    return ends


def frame_rows(per_frame: PerFrame, names: Sequence[str]) -> Matrix:
    """Return the features called ``names`` of clips that are all like one frame: [frames, names].

    What belongs to the clip and not to a frame is missing, so that bad order blames no frame.
    """
    frames = len(next(iter(per_frame.values())))
    nothing = np.full(frames, np.nan)
    columns = [np.asarray(per_frame.get(measure_of(name), nothing), np.float64) for name in names]
    return np.stack(columns, axis=1)


def measure_of(feature: str) -> str:
    """Return the measure a feature is an end of: ``kurtosis_8`` for ``kurtosis_8 low``."""
    for suffix in SUFFIXES:
        if suffix and feature.endswith(suffix):
            return feature.removesuffix(suffix)
    return feature
