"""Time stamps that stand still or run backwards."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find frames that are shown at or before the time of the frame in front of them."""
    passage = clip.passage
    if not passage.disordered:
        return None
    return finding_about(
        Noticed(
            rule="disordered-times",
            severity=Severity.MEDIUM,
            seen=f"{passage.disordered} of {len(passage.times)} frames are not later than the one "
            "before them, expected rising time stamps",
            remedy="number the frames when encoding (pts = 0, 1, 2, ...): players drop such frames",
            numbers={"frames": passage.disordered},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="disordered-times",
    doc="Two frames at one time, or times that run backwards, which players drop or stumble over.",
    look=look,
)
