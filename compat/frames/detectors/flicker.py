"""Brightness that jumps up and down at random."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, Mask, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures
from compat.frames.temporal import turning_share

# A turn is a frame brighter or darker than both neighbours by this many grey levels.
LEAST_TURN = 5.0
# Chance alone makes two thirds of the frames turns. A strobe in the fitting half does too, but
# every second frame of a strobe is alike: its two-step difference is under a quarter of its step.
CERTAIN, DOUBTFUL = 0.4, 0.25
REGULAR = 0.5
FEWEST = 8


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose mean brightness turns round in many of the frames."""
    if clip.frames < FEWEST:
        return None
    means = clip.series("luma_mean")
    share = turning_share(means, LEAST_TURN)
    if not share >= DOUBTFUL:
        return None
    regular = clip.median("two_step") < REGULAR * clip.median("step")
    certain = share >= CERTAIN and not regular
    return finding_from(
        Evidence(
            rule="flicker",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen=f"brightness turns up or down by {LEAST_TURN:.0f} levels or more in {share:.0%} "
            "of the frames, expected smooth change",
            remedy="check that all frames are decoded together, and temporal tiling of the VAE",
            stage="decode",
            frames=_turning(means),
            numbers={"turning_share": share},
        ),
        clip,
    )


def _turning(means: np.ndarray) -> Mask:
    mask = np.zeros(means.size, bool)
    left, right = means[1:-1] - means[:-2], means[1:-1] - means[2:]
    mask[1:-1] = (left * right > 0) & (np.minimum(abs(left), abs(right)) >= LEAST_TURN)
    return mask


DETECTOR = Detector(
    id="flicker",
    doc="Brightness that jumps at random from frame to frame, as when every frame is decoded or "
    "normalised on its own. A regular strobe makes the clip suspect only.",
    detect=detect,
)
