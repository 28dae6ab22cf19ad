"""Something behind the end of the clip, or a second clip in the same file."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find files that go on behind their own end; players never show that part."""
    skeleton = clip.info.skeleton
    if skeleton is None or not skeleton.follows:
        return None
    second = skeleton.follows == "another clip"
    return finding_about(
        Noticed(
            rule="more-behind",
            severity=Severity.MEDIUM if second else Severity.LOW,
            seen=f"{skeleton.follows} behind the end of the clip at byte {skeleton.follows_at}, "
            "which is not shown; expected the end of the file",
            remedy="join clips with an editor or ffmpeg's concat filter, not byte by byte"
            if second
            else "write the file again if anything complains about it",
            detail=f"byte {skeleton.follows_at}",
            numbers={"at": skeleton.follows_at},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="more-behind",
    doc="Bytes behind the clip's end: a second clip glued on, padding, or what a tool appends.",
    look=look,
)
