"""The same picture several times in one frame."""

from math import nan

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Likeness of the frame's edges to themselves, displaced by an eighth of a side or more. Lettering
# and boards repeat themselves as well, but in few colours (entropy of 512 colours in bits).
DOUBTFUL, COLOURFUL = 0.85, 2.5


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips that show their picture again at another place of the same frame."""
    likeness = clip.order.get("copies", nan)
    if not (likeness > DOUBTFUL and clip.order.get("cube_entropy", nan) > COLOURFUL):
        return None
    return finding_from(
        Evidence(
            rule="repeated-picture",
            severity=Severity.MEDIUM,
            seen=f"the frame shows the same edges again elsewhere (likeness {likeness:.2f}, "
            f"expected below {DOUBTFUL})",
            remedy="check height and width of the latents between sampler and decoder; split "
            "screens and wallpaper do this too",
            stage="layout",
            frames=np.ones(clip.frames, bool),
            numbers={"copies": likeness},
        ),
        clip,
    )


DETECTOR = Detector(
    id="repeated-picture",
    doc="Squeezed or sheared copies of one picture in one frame: latents read with other sides "
    "than they were written with. Split screens and patterns do this too, so it makes suspect.",
    detect=detect,
)
