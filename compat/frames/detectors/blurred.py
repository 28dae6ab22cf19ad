"""Blobs without a single edge."""

import numpy as np

from compat.core.model import Finding
from compat.frames.detector import Detector, Evidence, Mask, above, below, finding_from, graded
from compat.frames.detectors.blank_frames import FLAT
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Largest step between neighbours at quarter size over the spread of luma. Chosen from good clips
# alone (docs/judge.md).
CERTAIN, DOUBTFUL = 0.35, 0.42


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames with contrast but without any place where it changes quickly."""
    severity, frames = graded(_soft(clip, CERTAIN), _soft(clip, DOUBTFUL))
    if severity is None:
        return None
    return finding_from(
        Evidence(
            rule="blurred",
            severity=severity,
            seen=f"blobs without an edge (largest step {clip.median('edge_peak', frames):.0f} of "
            f"255 between neighbours of 4 px, spread {clip.median('luma_std', frames):.0f})",
            remedy="check the number of steps, and that the last ones are not skipped",
            stage="latent",
            frames=frames,
            numbers={
                "edge_peak": clip.median("edge_peak", frames),
                "luma_std": clip.median("luma_std", frames),
            },
        ),
        clip,
    )


def _soft(clip: ClipMeasures, limit: float) -> Mask:
    spread = clip.series("luma_std")
    with np.errstate(divide="ignore", invalid="ignore"):
        sharpest = clip.series("edge_peak") / spread
    mask: Mask = below(sharpest, limit) & above(spread, FLAT)
    return mask


DETECTOR = Detector(
    id="blurred",
    doc="A picture that collapsed to coarse blobs: contrast between its parts and no edge, "
    "as the mean of all pictures looks. Out of focus still has edges at quarter size.",
    detect=detect,
)
