"""A clip that gets worse from frame to frame."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures, summary

# Fall of the log10 gradient kurtosis at 1/8 size from the first to the last quarter of the clip,
# where it ends, and how steady the fall is (rank correlation with time).
FALL, LOW_END, STEADY = 0.35, 0.8, -0.8
FEWEST = 8


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose edges drown steadily."""
    if clip.frames < FEWEST:
        return None
    series = clip.series("kurtosis_8")
    quarter = max(2, clip.frames // 4)
    start, end = (summary(part, np.median) for part in (series[:quarter], series[-quarter:]))
    steady = rank_correlation(series)
    if not (start - end > FALL and end < LOW_END and steady < STEADY):
        return None
    return finding_from(
        Evidence(
            rule="decay",
            severity=Severity.MEDIUM,
            seen=f"edges drown from frame to frame (kurtosis {start:.2f} falls to {end:.2f}), "
            "expected about the same throughout",
            remedy="check windows that feed on their own output, and the range of the latents",
            stage="latent",
            frames=np.arange(clip.frames) >= clip.frames - quarter,
            numbers={"start": start, "end": end, "steadiness": steady},
        ),
        clip,
    )


def rank_correlation(series: np.ndarray) -> float:
    """Return how steadily a series rises (1) or falls (-1); NaN where it has holes or is flat."""
    if not np.isfinite(series).all() or np.ptp(series) == 0:
        return float("nan")
    ranks = series.argsort().argsort()
    return float(np.corrcoef(ranks, np.arange(series.size))[0, 1])


DETECTOR = Detector(
    id="decay",
    doc="Noise, blur or overdrive that grows steadily over the clip, as when windows feed on their "
    "own output. A zoom or a fade may do so a little; suspect.",
    detect=detect,
)
