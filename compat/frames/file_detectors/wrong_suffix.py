"""A name that says another kind of file than it is."""

from pathlib import PurePath

from compat.core.model import Finding, Severity
from compat.formats.wording import quoted
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

SUFFIXES = {
    "mov": (".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".m4a", ".avif", ".avifs", ".f4v"),
    "matroska": (".mkv", ".webm", ".mk3d", ".mka"),
    "avi": (".avi", ".divx"),
    "flv": (".flv", ".f4v"),
    "gif": (".gif",),
    "png": (".png", ".apng"),
    "webp": (".webp",),
    "jpeg": (".jpg", ".jpeg", ".jpe", ".mpo"),
    "mpo": (".jpg", ".jpeg", ".jpe", ".mpo"),
    "bmp": (".bmp", ".dib"),
    "npy": (".npy",),
    "npz": (".npz",),
    "safetensors": (".safetensors", ".sft"),
}
"""Which names each kind of content goes by; other kinds go by too many."""
KNOWN = frozenset(suffix for names in SUFFIXES.values() for suffix in names)


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find files that players and editors will take for something else."""
    suffix = PurePath(clip.info.path).suffix.lower()
    names = SUFFIXES.get(clip.info.container)
    if names is None or suffix in names or suffix not in KNOWN:
        return None
    return finding_about(
        Noticed(
            rule="wrong-suffix",
            severity=Severity.LOW,
            seen=f"the name ends in {quoted(suffix)} and the content is {clip.info.container}, "
            f"expected {names[0]}",
            remedy=f"rename it to {names[0]}, or convert it",
            numbers={"content": clip.info.container},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="wrong-suffix",
    doc="The file's name says another kind of file than its content is.",
    look=look,
)
