"""A checkerboard over the whole frame."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# How much more a pixel resembles the one across the corner than those beside and below. Chosen
# from good clips alone: gif dithers two colours like a board, which reaches 0.8, but only in flat
# drawings that have hardly a colour once averaged (entropy in bits); others reach 0.42.
CERTAIN, DOUBTFUL = 0.5, 0.3
SHADES = 1.0


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose pixels, or squares of up to 8, alternate like those of a board."""
    strength = clip.order.get("checkers", nan)
    if not (strength > DOUBTFUL and clip.order.get("cube_entropy", nan) > SHADES):
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
