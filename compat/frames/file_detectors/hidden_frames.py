"""Frames that are in the file and that the container says not to show."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, expectation: Expectation) -> Finding | None:
    """Find edit lists that hide frames; wrong where just the frames in the file were ordered."""
    passage = clip.passage
    if not passage.hidden:
        return None
    ordered = expectation.frames is not None and len(passage.times) < expectation.frames
    return finding_about(
        Noticed(
            rule="hidden-frames",
            severity=Severity.MEDIUM if ordered else Severity.INFO,
            seen=f"the container hides {passage.hidden} of {passage.packets} frames, "
            f"{len(passage.times)} are shown",
            remedy="encode the clip again to drop what its edit list hides",
            numbers={"hidden": passage.hidden, "packets": passage.packets},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="hidden-frames",
    doc="An edit list hides frames, as editors do that cut without encoding again.",
    look=look,
)
