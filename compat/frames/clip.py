"""The noun of decoding: a clip that can be read frame by frame, and what its container says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from compat.core.model import Finding
from compat.frames.compared import Compared
from compat.frames.containers.skeleton import Skeleton
from compat.frames.glimpse import Glimpse, glimpse_of
from compat.frames.scales import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipInfo:
    """What the container declares; None where it does not say.

    ``width`` and ``height`` in pixels, ``fps`` the average rate in frames per second,
    ``file_bytes`` the size on disk, ``container`` the kind of file, ``pictures`` what only video
    files declare, ``skeleton`` what the file's own chunks say.
    """

    path: str
    width: int
    height: int
    codec: str
    fps: float | None = None
    declared_frames: int | None = None
    file_bytes: int = 0
    container: str = ""
    pictures: "Pictures | None" = None
    skeleton: Skeleton | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What a video stream declares about its pictures and its time.

    ``layout`` is ffmpeg's name of the pixel format, ``bits`` those of its deepest component.
    ``full_range`` says whether black is 0 or, for 8 bits, 16. ``matrix`` and ``transfer`` are the
    numbers of ISO/IEC 23091-2, 2 where not given. ``pixel_aspect`` is width by height of one
    pixel. Times in seconds: of the first frame, and how long the video and the first sound track
    are said to be. ``coded`` is the size in the codec's own header.
    """

    layout: str
    bits: int
    full_range: bool | None
    matrix: int
    transfer: int
    pixel_aspect: float
    interlaced: bool
    seconds: float | None
    start: float
    audio_seconds: float | None
    audio_tracks: int
    video_tracks: int
    coded: tuple[int, int]


@dataclass(slots=True)
class Passage:
    """What was noticed while frames were read; numbers count shown frames or packets from 0.

    ``times`` are when each frame is shown, in seconds; ``lengths`` how long, 0 where not said.
    ``spoiled`` are frames that the decoder marked as damaged; ``patched`` those near which it
    complained of the data, ``complaint`` its first words. ``zeroed`` are packets with long runs of
    zeros, ``broken`` counts those that do not decode, the first after ``broken_after`` frames,
    ``hidden`` those that the container says not to show. ``disordered`` counts frames that are not
    later than the one before. ``stored`` is the (width, height) of the first frame
    before it is turned, ``turned`` the angle in degrees by which frames were turned
    counterclockwise to be shown. ``first_is_key`` is False where the first packet needs an earlier
    one that is not there; ``see_through`` counts frames with alpha, ``stopped`` says why reading
    ended early, ``compared`` what encoding some frames again gave, None where nobody asked.
    """

    times: list[float | None] = field(default_factory=list)
    lengths: list[float] = field(default_factory=list)
    spoiled: list[int] = field(default_factory=list)
    patched: list[int] = field(default_factory=list)
    complaint: str = ""
    zeroed: list[int] = field(default_factory=list)
    packets: int = 0
    broken: int = 0
    broken_after: int = 0
    hidden: int = 0
    disordered: int = 0
    turned: int = 0
    stored: tuple[int, int] | None = None
    first_is_key: bool = True
    see_through: int = 0
    stopped: str = ""
    compared: Compared | None = None


@dataclass(slots=True)
class Clip:
    """An opened clip; iterating decodes RGB uint8 frames [H, W, 3] one by one, from the start.

    ``findings`` grows while frames are read (a file that breaks off, values that are no numbers)
    and ``passage`` says how that went, so look at both after the last frame. Iterating raises
    nothing for damaged data.
    """

    info: ClipInfo
    read: "Callable[[Clip], Iterator[Frame]]"
    findings: list[Finding] = field(default_factory=list)
    passage: Passage = field(default_factory=Passage)
    glance: "Callable[[Clip], Iterator[Glimpse]] | None" = None

    def __iter__(self) -> Iterator[Frame]:
        """Decode from the first frame on; what an earlier pass found is dropped."""
        self.findings.clear()
        self.passage = Passage()
        return self.read(self)

    def read_again(self) -> Iterator[Frame]:
        """Decode from the first frame on and leave what the last pass found as it is."""
        return self.read(Clip(self.info, self.read))

    def glimpses(self) -> Iterator[Glimpse]:
        """Decode from the first frame on, without converting what nobody asks for."""
        if self.glance is None:
            return (glimpse_of(frame) for frame in self)
        self.findings.clear()
        self.passage = Passage()
        return self.glance(self)


def size_on_disk(path: Path) -> int:
    """Return the bytes of a file, or of the files directly in a folder."""
    if path.is_dir():
        return sum(child.stat().st_size for child in path.iterdir() if child.is_file())
    return path.stat().st_size
