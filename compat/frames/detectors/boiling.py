"""Change that is no motion, in the whole frame and new in every frame."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Share of neighbouring blocks that seem to move differently, and of the change over time that is
# gone after one frame. Chosen from good clips alone: grain, rain and edge maps reach 0.74 or 0.68,
# none more than 0.6 together with 0.65 (docs/judge.md). A strobe looks like this to blocks, but its
# frames are still alike (correlation).
CERTAIN_ROUGH, CERTAIN_RESTLESS = 0.68, 0.75
DOUBTFUL_ROUGH, DOUBTFUL_RESTLESS = 0.6, 0.65
UNLIKE, SOMEWHAT_UNLIKE = 0.6, 0.8


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips in which blocks find no place they came from, frame after frame."""
    rough, restless = clip.order.get("motion_rough", nan), clip.order.get("restlessness", nan)
    alike = clip.median("frame_correlation")
    if not (rough > DOUBTFUL_ROUGH and restless > DOUBTFUL_RESTLESS and alike < SOMEWHAT_UNLIKE):
        return None
    certain = rough > CERTAIN_ROUGH and restless > CERTAIN_RESTLESS and alike < UNLIKE
    return finding_from(
        Evidence(
            rule="boiling",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen=f"the picture boils: {rough:.0%} of neighbouring blocks seem to come from "
            f"different places and {restless:.0%} of the change is gone after one frame, expected "
            f"below {DOUBTFUL_ROUGH:.0%} and {DOUBTFUL_RESTLESS:.0%}",
            remedy="check that all steps ran and no noise is added after the last; compare "
            "the latents with a CPU run of the same seed",
            stage="latent",
            frames=np.ones(clip.frames, bool),
            numbers={"motion_rough": rough, "restlessness": restless},
        ),
        clip,
    )


DETECTOR = Detector(
    id="boiling",
    doc="Everything changes and nothing moves: half-denoised latents, channels of noise, frames "
    "decoded each on its own. Snow, rain and film grain leave a picture behind that stays.",
    detect=detect,
)
