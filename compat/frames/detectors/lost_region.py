"""A part of the frame that is of another kind than the rest."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Share of the variation between cells that one straight border explains, of what no motion
# explains; and how many neighbouring blocks then seem to move differently. Chosen from good clips
# alone: where a third of the blocks disagree no border explains more than half (docs/judge.md).
CERTAIN, CERTAIN_ROUGH = 0.7, 0.45
DOUBTFUL, DOUBTFUL_ROUGH = 0.6, 0.35
# Frames of a fade are alike but for their brightness, which blocks take for change.
UNLIKE = 0.95


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips where a straight border parts what moves from what boils."""
    border, rough = clip.order.get("split_motion", nan), clip.order.get("motion_rough", nan)
    fading = not clip.median("frame_correlation") < UNLIKE
    if fading or not (border > DOUBTFUL and rough > DOUBTFUL_ROUGH):
        return None
    certain = border > CERTAIN and rough > CERTAIN_ROUGH
    return finding_from(
        Evidence(
            rule="lost-region",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen="a straight border parts the frame: on one side no motion explains what changes "
            f"(the border explains {border:.0%} of the difference, expected below {DOUBTFUL:.0%})",
            remedy="check masks, regional prompts and the VAE's spatial tiles",
            stage="latent",
            frames=np.ones(clip.frames, bool),
            numbers={"split_motion": border, "motion_rough": rough},
        ),
        clip,
    )


DETECTOR = Detector(
    id="lost-region",
    doc="A half, a quarter or a strip of every frame boils beside a picture that moves as pictures "
    "do: a part of the latents that was never denoised, a mask or a tile that was lost.",
    detect=detect,
)
