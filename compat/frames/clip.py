"""The noun of decoding: a clip that can be read frame by frame, and what its container says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from compat.core.model import Finding
from compat.frames.glimpse import Glimpse, glimpse_of
from compat.frames.scales import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipInfo:
    """What the container declares; None where it does not say.

    ``width`` and ``height`` in pixels, ``fps`` the average rate in frames per second,
    ``file_bytes`` the size on disk.
    """

    path: str
    width: int
    height: int
    codec: str
    fps: float | None = None
    declared_frames: int | None = None
    file_bytes: int = 0


@dataclass(slots=True)
class Clip:
    """An opened clip; iterating decodes RGB uint8 frames [H, W, 3] one by one, from the start.

    ``findings`` grows while frames are read (a file that breaks off, uneven time stamps), so look
    at it after the last frame. Iterating raises nothing for damaged data.
    """

    info: ClipInfo
    read: "Callable[[list[Finding]], Iterator[Frame]]"
    findings: list[Finding] = field(default_factory=list)
    glance: "Callable[[list[Finding]], Iterator[Glimpse]] | None" = None

    def __iter__(self) -> Iterator[Frame]:
        """Decode from the first frame on; findings of an earlier pass are dropped."""
        self.findings.clear()
        return self.read(self.findings)

    def glimpses(self) -> Iterator[Glimpse]:
        """Decode from the first frame on, without converting what nobody asks for."""
        if self.glance is None:
            return (glimpse_of(frame) for frame in self)
        self.findings.clear()
        return self.glance(self.findings)


def size_on_disk(path: Path) -> int:
    """Return the bytes of a file, or of the files directly in a folder."""
    if path.is_dir():
        return sum(child.stat().st_size for child in path.iterdir() if child.is_file())
    return path.stat().st_size
