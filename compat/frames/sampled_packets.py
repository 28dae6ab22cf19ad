"""Takes a few runs of frames from a video together with the bytes their packets have."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compat.frames.video_clip import opened

MOST_FRAMES, MOST_RUNS = 24, 3
MOST_PIXELS = 24 * 1920 * 1080
"""Frames above Full HD are sampled less, so that the check takes seconds at any size."""
MOST_PACKETS = 20_000
"""Packets that are looked through for places to begin; ten minutes of video."""
ENC_PARAMS = 19  # AV_FRAME_DATA_VIDEO_ENC_PARAMS
_HEAD = struct.Struct("@IQQii")
"""AVVideoEncParams of libavutil 57 to 60: number of blocks, offset and size of one, kind, qp."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One shown frame: ffmpeg's picture, its letter (I, P, B), its packet's bytes and quantiser.

    ``quantiser`` is the mean over the blocks on the codec's own scale, NaN where the decoder does
    not tell.
    """

    picture: Any
    letter: str
    size: int
    quantiser: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """Runs of consecutive frames, each from a key frame on, and what is needed to encode alike.

    ``said`` is the text that x264 and x265 write into their first frame, empty without one.
    """

    codec: str
    layout: str
    width: int
    height: int
    runs: tuple[tuple[Sample, ...], ...]
    said: str

    @property
    def frames(self) -> tuple[Sample, ...]:
        """Every sampled frame."""
        return tuple(sample for run in self.runs for sample in run)


@dataclass(frozen=True, slots=True)
class _Packet:
    pts: int
    size: int
    key: bool


def sampled(path: Path, demuxer: str | None = None) -> Sampled:
    """Decode up to 24 frames in up to three runs; fewer where frames are large or packets fail.

    Raises what PyAV raises for a file that cannot be opened or sought in.
    """
    packets = _packets(path, demuxer)
    sizes = {packet.pts: packet.size for packet in packets}
    with opened(path, demuxer) as (container, stream):
        context = stream.codec_context
        context.options = {**context.options, "export_side_data": "venc_params"}
        pixels = max(context.width * context.height, 1)
        count = max(2, min(MOST_FRAMES, MOST_PIXELS // pixels))
        starts = _starts([packet.pts for packet in packets if packet.key])
        each = max(2, count // max(len(starts), 1))
        runs, said = [], ""
        for start in starts:
            container.seek(start, stream=stream)
            run, text = _run(container, stream, start, each, sizes)
            said = said or text
            if len(run) > 1:
                runs.append(run)
        layout = context.format.name if context.format else ""
        return Sampled(
            codec=context.name,
            layout=layout,
            width=context.width,
            height=context.height,
            runs=tuple(runs),
            said=said,
        )


def _packets(path: Path, demuxer: str | None) -> list[_Packet]:
    import av

    found: list[_Packet] = []
    with opened(path, demuxer) as (container, stream), suppress(av.FFmpegError, OSError):
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                found.append(_Packet(packet.pts, packet.size, bool(packet.is_keyframe)))
            if len(found) >= MOST_PACKETS:
                break
    return found


def _starts(keys: list[int]) -> list[int]:
    """Return key frames near the beginning, the middle and the end, at least a run apart."""
    if len(keys) <= MOST_RUNS:
        return keys
    return [keys[round(at)] for at in np.linspace(0, len(keys) - 2, MOST_RUNS)]


def _run(
    container: Any, stream: Any, start: int, most: int, sizes: dict[int, int]
) -> tuple[tuple[Sample, ...], str]:
    run: list[Sample] = []
    text = ""
    for picture in _decoded(container, stream):
        if picture.pts is None or picture.pts < start:
            continue
        # A second key frame would begin another group; its cost is looked at in its own run.
        if run and picture.key_frame and len(run) > 1:
            break
        text = text or _words(picture)
        size = sizes.get(picture.pts)
        if size is None:
            break
        run.append(Sample(picture, _letter(picture), size, _quantiser(picture)))
        if len(run) == most:
            break
    # A B frame at the end builds on a frame behind it that is not in the run.
    while run and run[-1].letter == "B":
        run.pop()
    return tuple(run), text


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    import av

    with suppress(av.FFmpegError, OSError, ValueError):
        for packet in container.demux(stream):
            yield from packet.decode()


def _letter(picture: Any) -> str:
    # AVPictureType: 1 I, 2 P, 3 B.
    return {1: "I", 3: "B"}.get(int(picture.pict_type), "P")


def _quantiser(picture: Any) -> float:
    for data in picture.side_data:
        if int(data.type.value) == ENC_PARAMS:
            return _mean_quantiser(bytes(data))
    return float("nan")


def _mean_quantiser(raw: bytes) -> float:
    blocks, offset, size, _, base = _HEAD.unpack_from(raw)
    if not blocks:
        return float(base)
    if size % 4 or size < 20 or offset + blocks * size > len(raw):
        return float("nan")
    table = np.frombuffer(raw, np.int32, blocks * size // 4, offset).reshape(blocks, size // 4)
    # AVVideoBlockParams: x, y, width, height, difference to the frame's quantiser.
    area = table[:, 2].astype(np.float64) * table[:, 3]
    return float(base + np.average(table[:, 4], weights=area)) if area.sum() > 0 else float(base)


def _words(picture: Any) -> str:
    # SEI_UNREGISTERED: 16 bytes of who wrote it, then text.
    for data in picture.side_data:
        if int(data.type.value) == 20:
            return bytes(data)[16:].decode("ascii", "replace").strip("\0")
    return ""
