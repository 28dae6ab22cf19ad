"""A clip that does not begin at zero."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

# Seconds. Encoders begin some frames late to leave room for reordering, and transport streams at
# 1.4 s by ffmpeg's own custom.
LATE = 0.5
CUSTOM = {"mpegts": 1.5, "mpeg": 1.5}


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find clips whose first frame is shown late: cut from a longer one without new times."""
    times = [time for time in clip.passage.times if time is not None]
    if not times or times[0] <= CUSTOM.get(clip.info.container, LATE):
        return None
    return finding_about(
        Noticed(
            rule="late-start",
            severity=Severity.LOW,
            seen=f"the first frame is shown at {times[0]:.2f} s, expected 0",
            remedy="the clip was cut from a longer one: write it again with times from zero "
            "(ffmpeg -avoid_negative_ts make_zero)",
            numbers={"seconds": round(times[0], 3)},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="late-start",
    doc="The first frame is not shown at time zero, so some players show black first.",
    look=look,
)
