"""The same frames over and over."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# One minus the distance of frames a loop apart over that of any two frames. Chosen from good clips
# alone: of 513 with motion and 16 frames or more the highest is 0.87, a strobe (docs/judge.md).
REPEATED = 0.93


def detect(clip: ClipMeasures, expectation: Expectation) -> Finding | None:
    """Find clips that repeat themselves; garbage where so many frames of motion were ordered."""
    score, length = clip.order["loop_score"], clip.order["loop_length"]
    if not score > REPEATED or expectation.motion is False or expectation.loop is True:
        return None
    ordered = expectation.loop is False or (
        expectation.motion is True and expectation.frames is not None
    )
    return finding_from(
        Evidence(
            rule="looped",
            severity=Severity.HIGH if ordered else Severity.MEDIUM,
            seen=f"the frames repeat after {length:.0f}, expected new ones throughout",
            remedy="check the length the motion module was made for (16 frames for AnimateDiff) "
            "and its context options",
            stage="latent",
            frames=np.arange(clip.frames) >= length,
            numbers={"loop_score": score, "loop_length": length},
        ),
        clip,
    )


DETECTOR = Detector(
    id="looped",
    doc="The clip repeats itself after eight frames or more, as when a motion module made for 16 "
    "frames is asked for 64. Suspect by itself, because many good clips are loops; garbage where "
    "frames and motion were ordered.",
    detect=detect,
)
