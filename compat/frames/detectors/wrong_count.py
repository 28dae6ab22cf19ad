"""Another number of frames than was ordered."""

import numpy as np

from compat.core.model import Confidence, Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures


def detect(clip: ClipMeasures, expectation: Expectation) -> Finding | None:
    """Find clips that are shorter or longer than ordered."""
    if expectation.frames is None or clip.frames == expectation.frames:
        return None
    return finding_from(
        Evidence(
            rule="wrong-count",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            seen=f"the clip has {clip.frames} frames, expected {expectation.frames}",
            remedy="check the frame rule of the model (LTX: 8n+1) and that the encoder was "
            "flushed and closed",
            stage="encode",
            frames=np.ones(clip.frames, bool),
            numbers={"frames": clip.frames, "expected": expectation.frames},
        ),
        clip,
    )


DETECTOR = Detector(
    id="wrong-count",
    doc="The clip does not have the ordered number of frames.",
    detect=detect,
    hard=True,
)
