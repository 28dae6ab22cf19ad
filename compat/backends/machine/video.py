"""Video codecs: what PyAV brings, and what an ffmpeg program on PATH brings."""

import re
from collections.abc import Iterable
from pathlib import Path

from compat.backends.machine.model import Codecs
from compat.backends.machine.nvidia import Ask

# Common name: the encoders that write it, and the decoders that read it.
_WRITERS = {
    "h264": ("libx264", "libopenh264"),
    "hevc": ("libx265",),
    "av1": ("libsvtav1", "libaom-av1", "librav1e"),
    "vp9": ("libvpx-vp9",),
    "ffv1": ("ffv1",),
    "prores": ("prores_ks", "prores"),
    "dnxhd": ("dnxhd",),
    "mjpeg": ("mjpeg",),
    "gif": ("gif",),
}
_READERS = {
    **{name: (name,) for name in _WRITERS},
    "av1": ("libdav1d", "libaom-av1", "av1"),
    "vp9": ("vp9", "libvpx-vp9"),
}
# ffmpeg's names end in the interface of the hardware.
HARDWARE = re.compile(
    r"(?:h264|hevc|av1|vp9|prores|mjpeg)_(?:nvenc|qsv|amf|vaapi|videotoolbox|vulkan|mf|v4l2m2m)"
)
_ENCODER_LINE = re.compile(r"^ V[.A-Z]{5} (\S+)", re.MULTILINE)
_VERSION = re.compile(r"^ffmpeg version (\S+)")


def codecs(library: str, encoders: Iterable[str], decoders: Iterable[str] | None = None) -> Codecs:
    """Sort names as ffmpeg has them; ``decoders`` None leaves out what can be read."""
    writing, reading = set(encoders), set(decoders or ())
    wanted = {name for names in _WRITERS.values() for name in names}
    return Codecs(
        library=library,
        writes=tuple(n for n, ways in _WRITERS.items() if writing.intersection(ways)),
        reads=tuple(n for n, ways in _READERS.items() if reading.intersection(ways)),
        encoders=tuple(sorted(wanted & writing)),
        hardware=tuple(sorted(name for name in writing if HARDWARE.fullmatch(name))),
    )


def names_to_ask() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The encoders and decoders that :func:`codecs` tells apart, hardware ones left out."""
    writers = dict.fromkeys(name for ways in _WRITERS.values() for name in ways)
    readers = dict.fromkeys(name for ways in _READERS.values() for name in ways)
    return tuple(writers), tuple(readers)


def program_codecs(program: Path | None, ask: Ask) -> Codecs:
    """What the ffmpeg on PATH says it can write; it is built in, not tried."""
    if program is None:
        return Codecs(library="ffmpeg", problem="not on PATH")
    version = _VERSION.match(ask([program, "-hide_banner", "-version"]).text)
    said = ask([program, "-hide_banner", "-encoders"])
    name = f"ffmpeg {version[1]}" if version else "ffmpeg"
    if said.failure:
        return Codecs(library=name, problem=said.failure)
    return codecs(name, encoders_of(said.text))


def encoders_of(text: str) -> tuple[str, ...]:
    """The video encoders in what ``ffmpeg -encoders`` wrote."""
    return tuple(_ENCODER_LINE.findall(text))
