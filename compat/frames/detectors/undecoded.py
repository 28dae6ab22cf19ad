"""Latents shown as if they were pixels."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.closer.grids import PERIODS
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Latent channels have little to do with each other, so that even the two most alike colour channels
# hardly agree, and every colour occurs (entropy of 512 colours in bits). From good clips alone.
ALIKE, PERHAPS_ALIKE = 0.5, 0.6
COLOURFUL, PERHAPS_COLOURFUL = 5.5, 4.5
# And they were enlarged: how far one phase of a grid stands out, both ways.
ENLARGED = 1.9
GRIDS = tuple(f"grid_{period}" for period in PERIODS)


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips in large pixels whose colour channels show different things."""
    alike, colours = (clip.order.get(name, nan) for name in ("channels_alike", "cube_entropy"))
    grid = float(np.nan_to_num([clip.order.get(name, nan) for name in GRIDS]).max())
    if not (alike < PERHAPS_ALIKE and colours > PERHAPS_COLOURFUL and grid > ENLARGED):
        return None
    certain = alike < ALIKE and colours > COLOURFUL
    return finding_from(
        Evidence(
            rule="undecoded",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen=f"large pixels whose colours contradict each other (correlation {alike:.2f}), as "
            "of latents shown without decoding",
            remedy="check that the VAE decode node is connected and is not a preview",
            stage="decode",
            frames=np.ones(clip.frames, bool),
            numbers={"channels_alike": alike, "cube_entropy": colours, "grid": grid},
        ),
        clip,
    )


DETECTOR = Detector(
    id="undecoded",
    doc="Latents that were never decoded, or a preview of them: cells of 4 or 8 px whose three "
    "channels have little in common. Pixel art has channels that agree and stays silent.",
    detect=detect,
)
