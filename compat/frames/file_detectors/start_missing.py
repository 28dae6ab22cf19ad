"""A clip whose first frames cannot be decoded, because what they build on is not there."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find clips that do not begin with a key frame."""
    passage = clip.passage
    if passage.first_is_key or not passage.packets:
        return None
    lost = max(passage.packets - passage.hidden - len(passage.times), 0)
    shown = f"{lost} frames are lost" if lost else "the first frames are patched"
    return finding_about(
        Noticed(
            rule="start-missing",
            severity=Severity.HIGH if lost else Severity.MEDIUM,
            seen=f"the clip does not begin with a key frame, so {shown}, expected every frame",
            remedy="cut at a key frame, or encode again instead of copying packets",
            numbers={"lost_frames": lost},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="start-missing",
    doc="The first packet builds on an earlier one that is not in the file: the clip was cut "
    "without encoding it again.",
    look=look,
)
