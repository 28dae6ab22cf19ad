"""A file whose writer never came back to close it."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find files that leave their own length open."""
    skeleton = clip.info.skeleton
    if skeleton is None or not skeleton.unfinished:
        return None
    return finding_about(
        Noticed(
            rule="unfinished",
            severity=Severity.LOW,
            seen="the file leaves its own length open, as after a crash of the writer or in a "
            "live recording, so nobody can tell whether its end is missing",
            remedy="close the encoder, or write the file anew with ffmpeg -c copy",
            numbers={},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="unfinished",
    doc="The writer left the length of the file open. Browsers' recordings do so; so does a crash.",
    look=look,
)
