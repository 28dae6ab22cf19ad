"""Another length in seconds than was ordered."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip, Passage
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

# Half a frame more or less is rounding; a duration in words ("5 s") is not exact either.
FRAMES, SHARE = 1.5, 0.02


def look(clip: Clip, expectation: Expectation) -> Finding | None:
    """Find clips that are shown for a shorter or longer time than ordered."""
    wanted = expectation.duration
    shown = seconds_shown(clip.passage) or _by_rate(clip)
    if wanted is None or shown is None:
        return None
    step = shown / max(len(clip.passage.times), 1)
    if abs(shown - wanted) <= max(FRAMES * step, SHARE * wanted):
        return None
    return finding_about(
        Noticed(
            rule="wrong-duration",
            severity=Severity.HIGH,
            seen=f"the clip lasts {shown:.2f} s, expected {wanted:.2f} s",
            remedy="check number of frames and frame rate: duration = frames / rate",
            numbers={"seconds": round(shown, 3), "expected": wanted},
        ),
        clip,
    )


def seconds_shown(passage: Passage) -> float | None:
    """Return from the first frame to the end of the last one; None where there are no times."""
    times = [time for time in passage.times if time is not None]
    if len(times) < 2:
        return passage.lengths[0] or None if times and passage.lengths else None
    last = passage.lengths[-1] or float(np.median(np.diff(times)))
    return max(times) - min(times) + last


def _by_rate(clip: Clip) -> float | None:
    return len(clip.passage.times) / clip.info.fps if clip.info.fps else None


DETECTOR = FileDetector(
    id="wrong-duration",
    doc="The clip is shown for another time than ordered.",
    look=look,
)
