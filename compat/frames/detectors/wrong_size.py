"""Another picture size than was ordered, or a size that changes."""

import numpy as np

from compat.core.model import Confidence, Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures


def detect(clip: ClipMeasures, expectation: Expectation) -> Finding | None:
    """Find clips of the wrong size, and clips whose size changes on the way."""
    width, height = clip.sizes[0]
    wanted = (expectation.width or width, expectation.height or height)
    if clip.sizes == (wanted,):
        return None
    shown = " and ".join(f"{w}x{h}" for w, h in clip.sizes[:3])
    return finding_from(
        Evidence(
            rule="wrong-size",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            seen=f"the frames are {shown}, expected {wanted[0]}x{wanted[1]} throughout",
            remedy="check that width and height are multiples the model allows (LTX: 32), and "
            "that nothing crops or scales after the decoder",
            stage="encode",
            frames=np.ones(clip.frames, bool),
            numbers={"width": width, "height": height},
        ),
        clip,
    )


DETECTOR = Detector(
    id="wrong-size",
    doc="The frames do not have the ordered size, or not all the same size.",
    detect=detect,
    hard=True,
)
