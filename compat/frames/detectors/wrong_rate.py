"""Another frame rate than was ordered."""

import numpy as np

from compat.core.model import Confidence, Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Containers round rates to their time base: gif to 10 ms, others far finer.
TOLERANCE = 0.02


def detect(clip: ClipMeasures, expectation: Expectation) -> Finding | None:
    """Find clips whose container declares another frame rate than ordered."""
    rate = clip.info.fps if clip.info else None
    if expectation.fps is None or rate is None:
        return None
    if abs(rate - expectation.fps) <= TOLERANCE * expectation.fps:
        return None
    return finding_from(
        Evidence(
            rule="wrong-rate",
            severity=Severity.MEDIUM,
            confidence=Confidence.HIGH,
            seen=f"the container declares {rate:.2f} frames per second, expected "
            f"{expectation.fps:.2f}",
            remedy="pass the plan's frame rate to the encoder; pictures are not affected",
            stage="encode",
            frames=np.ones(clip.frames, bool),
            numbers={"fps": rate},
        ),
        clip,
    )


DETECTOR = Detector(
    id="wrong-rate",
    doc="The container's frame rate is not the ordered one, so the clip plays too fast or slow.",
    detect=detect,
    hard=True,
)
