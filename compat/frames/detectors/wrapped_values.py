"""Values that went past 255 and came round again."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Shares of neighbours where a slope breaks off at the top and goes on at the bottom, and where one
# channel jumps and another does not. Chosen from good clips alone: edge maps, snow and confetti
# have the one, flat drawings the other; of 940 one has both at 0.004, a dithered gif.
CERTAIN, DOUBTFUL = 0.005, 0.003
# Thin coloured lines of charts do it too, in few colours; wrapped shades turn into all there are
# (entropy of 512 colours in bits).
COLOURFUL = 5.0


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips with contours at which bright turns dark and the slope goes on."""
    share = min(clip.order.get("wrapped", nan), clip.order.get("lone_jumps", nan))
    if not share > DOUBTFUL:
        return None
    certain = share > CERTAIN and clip.order.get("cube_entropy", nan) > COLOURFUL
    return finding_from(
        Evidence(
            rule="wrapped-values",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen=f"at {share:.1%} of the neighbours values run past one end of their range and go "
            f"on from the other, expected less than {DOUBTFUL:.1%}",
            remedy="cut values off at 0 and 255 before they become uint8",
            stage="encode",
            frames=np.ones(clip.frames, bool),
            numbers={name: clip.order[name] for name in ("wrapped", "lone_jumps")},
        ),
        clip,
    )


DETECTOR = Detector(
    id="wrapped-values",
    doc="Values past 255 that came round to 0: closed contours inside bright places, with colours "
    "that turn into their opposite from one pixel to the next.",
    detect=detect,
)
