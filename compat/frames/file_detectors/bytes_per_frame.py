"""Frames that have far more or far fewer bytes than encoding these very frames again gives."""

from collections.abc import Mapping

from compat.core.model import Confidence, Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

# (least, most) of own bytes over new ones: the extremes among good clips (256 of h264: 0.49 to
# 1.79; 34 of mpeg4: 0.67 to 1.68; 22 of vp9: 1.09 to 2.53), half as much again. docs/clips.md
# says how often a source goes beyond the limits that the others set.
LIMITS: Mapping[str, tuple[float, float]] = {
    "h264": (0.32, 2.7),
    "mpeg4": (0.45, 2.5),
    "vp9": (0.7, 3.8),
}
# Lossless codecs leave an encoder few choices, and nobody measured them here.
OTHERS = (0.25, 4.0)


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find files whose bytes do not go with their pictures; say so where nobody could compare."""
    compared = clip.passage.compared
    if compared is None:
        return None
    ratio = compared.ratio
    if ratio is None:
        return finding_about(
            Noticed(
                rule="bytes-per-frame",
                severity=Severity.INFO,
                seen=f"bytes per frame could not be checked: {compared.why}",
                remedy="",
                numbers={},
            ),
            clip,
        )
    least, most = LIMITS.get(compared.codec, OTHERS)
    if least <= ratio <= most:
        return None
    seen, remedy = _meaning(many=ratio > most)
    return finding_about(
        Noticed(
            rule="bytes-per-frame",
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
            seen=f"{compared.frames} sampled frames have {compared.own} bytes where encoding them "
            f"again as they were takes {compared.again}, {seen}",
            remedy=remedy,
            numbers={"ratio": round(ratio, 3), "own_bytes": compared.own,
                     "again_bytes": compared.again, "frames": compared.frames},
        ),
        clip,
    )  # fmt: skip


def _meaning(*, many: bool) -> tuple[str, str]:
    if many:
        return (
            "so most of the file is not in its pictures",
            "the data are padded or damaged, and the decoder left the rest out: encode again",
        )
    return (
        "so the pictures show more than the file holds",
        (
            "packets are damaged or belong to another stream, and what is seen is the decoder's "
            "patchwork: encode again"
        ),
    )


DETECTOR = FileDetector(
    id="bytes-per-frame",
    doc="Up to 24 frames are encoded again with the codec, picture types and quantisers that the "
    "file's own data tell. Padding and damage that decodes silently change the bytes, ordinary "
    "clips do not.",
    look=look,
)
