"""Packets that do not decode."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find packets that the decoder refused."""
    passage = clip.passage
    if not passage.broken:
        return None
    return finding_about(
        Noticed(
            rule="clip-damaged",
            severity=Severity.HIGH,
            seen=f"{passage.broken} packets do not decode, the first after frame "
            f"{passage.broken_after}, expected a whole file",
            remedy="the file is cut or damaged: encode or download it again",
            detail=f"frame {passage.broken_after}",
            numbers={"packets": passage.broken, "first_after": passage.broken_after},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="clip-damaged",
    doc="Some packets of the video do not decode: the file is cut, or bytes in it are not those "
    "that were written.",
    look=look,
)
