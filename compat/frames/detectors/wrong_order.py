"""Frames of one scene in the wrong order."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Length of the way through the frames as they come over the shortest found, and how far each step
# turns back on the one before. Chosen from good clips alone: those that reach both are sprites
# that blink, where frames differ by less than the least step, or alternate (docs/judge.md).
CERTAIN, CERTAIN_TURN = 1.5, -0.4
DOUBTFUL, DOUBTFUL_TURN = 1.25, -0.3
LEAST_STEP, ALTERNATING = 3.0, 0.5
FEWEST = 8


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips for which another order of the same frames is far smoother."""
    detour, turning = clip.order.get("detour", nan), clip.order.get("turning", nan)
    moves = clip.median("step") > LEAST_STEP and clip.order["smoothness"] > ALTERNATING
    if clip.frames < FEWEST or not (moves and detour > DOUBTFUL and turning < DOUBTFUL_TURN):
        return None
    certain = detour > CERTAIN and turning < CERTAIN_TURN
    return finding_from(
        Evidence(
            rule="wrong-order",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen=f"the frames follow each other smoothly in another order: as they come the way is "
            f"{detour:.1f} times as long, expected less than {DOUBTFUL}",
            remedy="check the order of frames and of latents in time between sampler and decoder",
            stage="decode",
            frames=np.ones(clip.frames, bool),
            numbers={"detour": detour, "turning": turning},
        ),
        clip,
    )


DETECTOR = Detector(
    id="wrong-order",
    doc="Frames of one slow scene that were shuffled: every one is right, and they jump back and "
    "forth. Flicker and dance do so a little; suspect below a higher limit.",
    detect=detect,
)
