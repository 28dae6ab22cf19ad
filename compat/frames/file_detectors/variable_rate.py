"""Frames shown for different times."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

# A frame may be shown this much longer or shorter than the usual one before we speak of a
# variable rate; containers round time stamps to their time base.
UNEVEN = 0.25


def look(clip: Clip, expectation: Expectation) -> Finding | None:
    """Find clips whose frames follow each other unevenly; odd where a rate was ordered."""
    known = [time for time in clip.passage.times if time is not None]
    steps = np.diff(np.array(known)) if len(known) > 2 else np.zeros(0)
    usual = float(np.median(steps)) if steps.size else 0.0
    uneven = int((np.abs(steps - usual) > UNEVEN * usual).sum()) if usual > 0 else 0
    if not uneven:
        return None
    return finding_about(
        Noticed(
            rule="variable-rate",
            severity=Severity.INFO if expectation.fps is None else Severity.MEDIUM,
            seen=f"{uneven} of {steps.size} frames are shown longer or shorter than the usual "
            f"{usual * 1000:.0f} ms",
            remedy="encode with a constant frame rate",
            numbers={"uneven": uneven, "usual_ms": round(usual * 1000, 3)},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="variable-rate",
    doc="Frames are shown for different times: normal for screen recordings and gifs, wrong for a "
    "render of constant rate.",
    look=look,
)
