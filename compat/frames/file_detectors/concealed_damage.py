"""Frames that the decoder had to patch."""

from compat.core.model import Finding, Severity
from compat.formats.wording import quoted
from compat.frames.clip import Clip, Passage
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about
from compat.frames.ranges import frame_ranges

# What decoders say of streams that were cut or joined and look right all the same.
HARMLESS = (
    "mmco", "number of reference frames", "co located pocs", "reference count", "missing reference",
    "could not find ref", "first slice in a frame", "no frame",
)  # fmt: skip


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find frames that decoded only because the decoder filled in what was missing."""
    passage = clip.passage
    spoiled = sorted({*passage.spoiled, *passage.patched})
    if not spoiled:
        return None
    where = frame_ranges(spoiled)
    said = f" ({quoted(passage.complaint)})" if passage.complaint else ""
    return finding_about(
        Noticed(
            rule="concealed-damage",
            severity=Severity.MEDIUM if _harmless(passage) else Severity.HIGH,
            seen=f"{where}: the decoder met damaged data{said} and patched the picture, expected "
            "data as the encoder wrote them",
            remedy="bytes inside the file were changed or lost: encode or download it again",
            detail=where,
            numbers={"frames": len(spoiled)},
        ),
        clip,
    )


def _harmless(passage: Passage) -> bool:
    said = passage.complaint.lower()
    return not passage.spoiled and any(words in said for words in HARMLESS)


DETECTOR = FileDetector(
    id="concealed-damage",
    doc="The decoder marked frames as damaged: parts of them are copied from elsewhere or grey.",
    look=look,
)
