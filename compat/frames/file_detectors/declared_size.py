"""A container that declares another picture size than its pictures have."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find mp4 files whose track says another width and height than the decoder."""
    declared = clip.info.skeleton.size if clip.info.skeleton else None
    stored = clip.passage.stored
    if declared is None or stored is None or declared == stored:
        return None
    return finding_about(
        Noticed(
            rule="declared-size",
            severity=Severity.LOW,
            seen=f"the container declares {declared[0]}x{declared[1]} and the frames are "
            f"{stored[0]}x{stored[1]}, expected the same",
            remedy="write the file again (ffmpeg -c copy): some players crop or stretch it",
            numbers={"declared": list(declared), "stored": list(stored)},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="declared-size",
    doc="The track declares another picture size than its pictures have.",
    look=look,
)
