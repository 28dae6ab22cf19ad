"""A clip, or its beginning or end, in which nothing moves."""

import numpy as np

from compat.core.model import Confidence, Finding, Severity
from compat.frames.detector import Detector, Evidence, Mask, below, finding_from, tail_length
from compat.frames.detectors.blank_frames import FLAT
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Largest and mean difference of any channel at quarter size, in grey levels: what encoding leaves
# of a still in the fitting half; one small object that moves by a pixel makes a peak of 30.
STILL_PEAK, STILL_MEAN = 8.0, 0.16
FEWEST = 4


def detect(clip: ClipMeasures, expectation: Expectation) -> Finding | None:
    """Find clips without any motion, and long still stretches where motion was asked for."""
    if clip.frames < FEWEST or expectation.motion is False:
        return None
    still = still_frames(clip)
    severity = _severity(still, motion=expectation.motion is True)
    if severity is None or below(clip.series("channel_std"), FLAT).mean() >= 0.9:
        return None
    return finding_from(
        Evidence(
            rule="frozen",
            severity=severity,
            confidence=Confidence.HIGH if expectation.motion else Confidence.MEDIUM,
            seen="nothing moves, expected motion"
            if expectation.motion
            else "nothing moves, which is right only for a still",
            remedy="for image to video, let the first image pass through compression "
            "(img_compression above 0); say motion=no if a still is meant",
            stage="latent",
            frames=still,
            numbers={"still_share": float(still.mean())},
        ),
        clip,
    )


def still_frames(clip: ClipMeasures) -> Mask:
    """Return the frames that differ from the one before by no more than encoding a still does."""
    moving = ~(below(clip.series("step_peak"), STILL_PEAK) & below(clip.series("step"), STILL_MEAN))
    # The first frame has no step of its own: it is as still as the second.
    moving[0] = moving[1]
    return ~moving


def _severity(still: Mask, *, motion: bool) -> Severity | None:
    share = float(still.mean())
    if share >= 0.95:
        return Severity.HIGH if motion else Severity.MEDIUM
    if not motion:
        return None
    head = tail_length(still[::-1])
    ends = max(tail_length(still), head)
    if ends >= max(FEWEST, 0.5 * still.size):
        return Severity.HIGH
    return Severity.MEDIUM if ends >= max(FEWEST, np.ceil(0.2 * still.size)) else None


DETECTOR = Detector(
    id="frozen",
    doc="Nothing moves. Suspect by itself, garbage where motion was asked for. The first seconds "
    "of image-to-video freeze when the start image was never compressed.",
    detect=detect,
)
