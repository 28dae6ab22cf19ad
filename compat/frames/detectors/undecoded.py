"""Latents shown as if they were pixels."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Latent channels have little to do with each other: the least correlation of two colour channels.
APART, FAR_APART = -0.2, -0.6
# And they were enlarged: how far one phase of a grid of 4 or 8 px stands out, both ways.
ENLARGED = 1.0


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips in large pixels whose colour channels show different things."""
    apart = clip.order.get("channels_apart", nan)
    grid = max(clip.order.get("grid_4", nan), clip.order.get("grid_8", nan))
    if not (apart < APART and grid > ENLARGED):
        return None
    return finding_from(
        Evidence(
            rule="undecoded",
            severity=Severity.HIGH if apart < FAR_APART else Severity.MEDIUM,
            seen=f"large pixels whose colours contradict each other (correlation {apart:.2f}), as "
            "of latents shown without decoding",
            remedy="check that the VAE decode node is connected and is not a preview",
            stage="decode",
            frames=np.ones(clip.frames, bool),
            numbers={"channels_apart": apart, "grid": grid},
        ),
        clip,
    )


DETECTOR = Detector(
    id="undecoded",
    doc="Latents that were never decoded, or a preview of them: cells of 4 or 8 px whose three "
    "channels have little in common. Pixel art has channels that agree and stays silent.",
    detect=detect,
)
