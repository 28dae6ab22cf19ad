"""A clip of which only the beginning was read."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find clips whose reading was ended by a limit."""
    passage = clip.passage
    if not passage.stopped:
        return None
    return finding_about(
        Noticed(
            rule="not-all-read",
            severity=Severity.INFO,
            seen=f"only the first {len(passage.times)} frames were read: {passage.stopped}",
            remedy="judge the clip in parts",
            numbers={"frames": len(passage.times)},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="not-all-read",
    doc="The clip asks for more time or memory than is spent on one; its rest is unknown.",
    look=look,
)
