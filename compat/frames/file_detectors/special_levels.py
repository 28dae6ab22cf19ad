"""Pictures whose values do not mean what those of an ordinary video mean."""

from collections.abc import Iterator

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip, Pictures
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

# Transfer characteristics of ISO/IEC 23091-2.
HDR = {16: "PQ (HDR10)", 18: "HLG"}
ALPHA = ("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16")


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find HDR, interlaced and see-through pictures, and say how they were looked at."""
    notes = [*_declared(clip.info.pictures), *_seen(clip)]
    if not notes:
        return None
    return finding_about(
        Noticed(
            rule="special-levels",
            severity=Severity.INFO,
            seen="; ".join(notes),
            remedy="",
            numbers={"notes": len(notes)},
        ),
        clip,
    )


def _declared(pictures: Pictures | None) -> Iterator[str]:
    if pictures is None:
        return
    if pictures.transfer in HDR:
        yield (
            f"the pictures are {HDR[pictures.transfer]} and were judged without tone mapping, so "
            "they look flat"
        )
    if pictures.interlaced:
        yield "the pictures are interlaced and were judged with both fields in one frame"
    if pictures.layout.startswith(ALPHA):
        yield "the pictures have an alpha layer and were judged over black"


def _seen(clip: Clip) -> Iterator[str]:
    if clip.passage.see_through:
        yield f"{clip.passage.see_through} frames are see-through and were judged over black"


DETECTOR = FileDetector(
    id="special-levels",
    doc="HDR, interlaced or see-through pictures, and how the judge looked at them.",
    look=look,
)
