"""A window that no longer looks like the first one."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Changes of the median that a viewer sees at once, in grey levels. Not calibrated: the corpus has
# no long windowed renders; a change of scene does this too, hence suspect at most.
LIMITS = {"luma_mean": 40.0, "luma_std": 25.0, "saturation": 40.0}


def detect(clip: ClipMeasures, expectation: Expectation) -> Finding | None:
    """Find clips whose brightness, contrast or colour has left that of the reference."""
    reference = expectation.reference or {}
    changes = {name: clip.median(name) - reference[name] for name in LIMITS if name in reference}
    gone = {name: change for name, change in changes.items() if abs(change) > LIMITS[name]}
    if not gone:
        return None
    shown = ", ".join(f"{name.replace('_', ' ')} {change:+.0f}" for name, change in gone.items())
    return finding_from(
        Evidence(
            rule="drift",
            severity=Severity.MEDIUM,
            seen=f"the look has left that of the first window ({shown} grey levels)",
            remedy="raise the overlap or AdaIN strength, or end the prompt's change of scene",
            stage="latent",
            frames=np.ones(clip.frames, bool),
            numbers=gone,
        ),
        clip,
    )


DETECTOR = Detector(
    id="drift",
    doc="Brightness, contrast or colour of a later window differ much from the first window: the "
    "slow decay of renders that feed on their own output.",
    detect=detect,
)
