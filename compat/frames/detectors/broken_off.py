"""A right beginning and then garbage."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, finding_from, tail_length
from compat.frames.detectors.noise import doubtful_frames
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Shares of the clip: a tail this long after a beginning that is beyond suspicion. From good clips
# alone: of 350 none has a tail of either kind (docs/judge.md).
LONG, SHORT = 0.5, 0.2
FEWEST = 3
# Grey levels from the last good frame to the first bad one.
ABRUPT = 12.0


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips that turn into what would be suspect by itself, and do not turn back."""
    doubtful = doubtful_frames(clip)
    tail = tail_length(doubtful)
    first = clip.frames - tail
    if tail < max(FEWEST, SHORT * clip.frames) or first == 0 or doubtful[:first].any():
        return None
    step = float(clip.series("step")[first])
    certain = tail >= LONG * clip.frames and step > ABRUPT
    return finding_from(
        Evidence(
            rule="broken-off",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen=f"a picture at first, something like noise from frame {first} on",
            remedy="check how the first image is kept in place (mask, timestep 0) and the VAE's "
            "temporal tiles",
            stage="latent",
            frames=np.arange(clip.frames) >= first,
            numbers={"first_frame": first, "step": step},
        ),
        clip,
    )


DETECTOR = Detector(
    id="broken-off",
    doc="The first frame or seconds are right and all that follows is noise, or close to it: image "
    "to video that lost its image, a window that was never denoised, a tile in time that failed.",
    detect=detect,
)
