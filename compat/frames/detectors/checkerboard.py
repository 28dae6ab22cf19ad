"""A checkerboard over the whole frame."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# How much more a pixel resembles the one across the corner than those beside and below.
CERTAIN, DOUBTFUL = 0.3, 0.15


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose pixels, or squares of up to 8, alternate like those of a board."""
    strength = clip.order.get("checkers", nan)
    if not strength > DOUBTFUL:
        return None
    return finding_from(
        Evidence(
            rule="checkerboard",
            severity=Severity.HIGH if strength > CERTAIN else Severity.MEDIUM,
            seen=f"squares alternate like those of a checkerboard (strength {strength:.2f}, "
            f"expected below {DOUBTFUL})",
            remedy="check the strided and transposed convolutions of the decoder on this device, "
            "and the order of patches",
            stage="decode",
            frames=np.ones(clip.frames, bool),
            numbers={"checkers": strength},
        ),
        clip,
    )


DETECTOR = Detector(
    id="checkerboard",
    doc="Squares of 1 to 8 px that are light and dark by turns in both directions, as strided "
    "transposed convolutions leave them when they compute wrongly.",
    detect=detect,
)
