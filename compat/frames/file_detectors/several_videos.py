"""More than one video in a file."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find files with several video streams, of which only the first is judged."""
    pictures = clip.info.pictures
    if pictures is None or pictures.video_tracks < 2:
        return None
    return finding_about(
        Noticed(
            rule="several-videos",
            severity=Severity.LOW,
            seen=f"the file holds {pictures.video_tracks} video streams, only the first was judged",
            remedy="write each to a file of its own (ffmpeg -map 0:v:1) and judge that too",
            numbers={"streams": pictures.video_tracks},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="several-videos",
    doc="The file holds several video streams; players show one, and so did the judge.",
    look=look,
)
