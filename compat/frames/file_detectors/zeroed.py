"""Video data overwritten or never filled with anything but zeros."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find packets with 256 zero bytes in a row, which entropy coders never write."""
    zeroed = clip.passage.zeroed
    if not zeroed:
        return None
    return finding_about(
        Noticed(
            rule="zeroed",
            severity=Severity.HIGH,
            seen=f"{len(zeroed)} of {clip.passage.packets} packets hold 256 or more zero bytes in "
            f"a row (first packet {zeroed[0]}), expected compressed data",
            remedy="a part of the file was never written, as after a full disk or an interrupted "
            "download: encode or download it again",
            detail=f"packet {zeroed[0]}",
            numbers={"packets": len(zeroed), "first": zeroed[0]},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="zeroed",
    doc="Long runs of zeros inside the compressed video: a hole in the file, or padding.",
    look=look,
)
