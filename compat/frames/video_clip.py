"""Clips that PyAV reads: mp4, webm, mkv and whatever else ffmpeg knows."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from compat.core.errors import NothingCheckedError
from compat.formats.wording import quoted
from compat.frames.clip import Clip, ClipInfo, size_on_disk
from compat.frames.limits import MAX_PIXELS, MAX_SIDE, Budget
from compat.frames.sound_skeleton import sound_skeleton
from compat.frames.video_facts import declared_pictures
from compat.frames.video_notes import decoded, note_failure, note_frame, note_packet
from compat.frames.video_pictures import frame_of, glancing

Converted = TypeVar("Converted")

# More packets in a row that do not decode than this, and the rest is taken for damaged.
PATIENCE = 16
# Seconds without a single frame; the largest frames take less than one.
STALLED = 60.0
# Formats that hold their own pictures. Playlists, scripts and patterns, which make ffmpeg open
# other files or addresses, are not among them, and no protocol but a plain file is.
FORMATS = (
    "mov,matroska,webm,avi,flv,mpegts,mpeg,mpegvideo,ogg,asf,ivf,nut,yuv4mpegpipe,h264,hevc,vvc,"
    "obu,av1,m4v,mjpeg,mxf,dv,gif,apng"
)
# What ffmpeg calls the kinds that the first bytes tell.
DEMUXERS = {"mp4": "mov", "matroska": "matroska", "avi": "avi"}


def open_video(path: Path) -> Clip:
    """Open a video file; NothingCheckedError where there is no video stream ffmpeg can decode."""
    skeleton = sound_skeleton(path)
    with opened(path, DEMUXERS.get(skeleton.kind) if skeleton else None) as (container, stream):
        context = stream.codec_context
        width, height = context.width, context.height
        rate = stream.average_rate
        info = ClipInfo(
            path=str(path),
            width=width,
            height=height,
            codec=context.name,
            fps=float(rate) if rate else None,
            declared_frames=stream.frames or None,
            file_bytes=size_on_disk(path),
            container=container.format.name.partition(",")[0],
            pictures=declared_pictures(container, stream),
            skeleton=skeleton,
        )
    if not 0 < width * height <= MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise NothingCheckedError(
            f"{quoted(path)} claims {width}x{height} pixels, expected 1x1 to 8192x4608",
            "check where the file comes from",
        )
    return Clip(
        info,
        lambda clip: _shown(path, clip, frame_of),
        glance=lambda clip: _shown(path, clip, glancing()),
    )


@contextmanager
def opened(path: Path, demuxer: str | None) -> Iterator[tuple[Any, Any]]:
    """Open a container and choose its first real video stream, cover pictures left out.

    ``demuxer`` is the kind of container where it is known, so that a name like frame_%d.jpg
    decides nothing. Only formats that hold their own pictures are opened, from a plain file.
    """
    import av

    # ffmpeg writes its complaints about damaged data to stderr; ours are the findings.
    av.logging.set_level(av.logging.PANIC)
    options = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
    pixels = {"max_pixels": str(MAX_PIXELS)}
    try:
        container = av.open(
            f"file:{path.absolute()}",
            format=demuxer,
            metadata_errors="replace",
            container_options=options,
            options=pixels,
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise _not_opened(path, error) from error
    with container:
        stream = next((s for s in container.streams.video if not _is_cover(s)), None)
        if stream is None or stream.codec_context is None:
            kinds = sorted({str(each.type) for each in container.streams}) or ["no"]
            raise NothingCheckedError(
                f"{quoted(path)} holds no video stream that can be decoded, only "
                f"{' and '.join(kinds)} streams",
                "name the video file",
            )
        stream.codec_context.options = pixels
        # One core is what the judge takes beside a render. And PyAV hands over what a decoder says
        # on this thread alone; said on another it would stand on stderr.
        stream.codec_context.thread_count = 1
        yield container, stream


def _is_cover(stream: Any) -> bool:
    import av

    disposition = getattr(av.stream, "Disposition", None)
    return disposition is not None and bool(stream.disposition & disposition.attached_pic)


def _not_opened(path: Path, error: Exception) -> NothingCheckedError:
    # PyAV hands over the last line that ffmpeg logged: (level, component, text).
    said = getattr(error, "log", None) or ("", "", "")
    if "whitelist" in str(said[2]):
        found = f"{quoted(path)} is of the kind {said[1]}, which holds no video of its own"
    else:
        found = f"{quoted(path)} is not a video that can be opened: {type(error).__name__}"
    return NothingCheckedError(found, "render or download it again")


def _shown(path: Path, clip: Clip, convert: Callable[[Any, int], Converted]) -> Iterator[Converted]:
    import av

    for picture in _pictures(path, clip):
        try:
            converted = convert(picture, clip.passage.turned)
        except (av.FFmpegError, OSError, ValueError, MemoryError):
            # A pixel format or a size that swscale cannot turn into RGB.
            note_failure(clip)
            continue
        yield converted


def _pictures(path: Path, clip: Clip) -> Iterator[Any]:
    """Yield ffmpeg's pictures in the order they are shown, and note how decoding went."""
    import av

    passage, budget = clip.passage, Budget(clip.info.file_bytes)
    with opened(path, clip.info.container or None) as (container, stream):
        packets = container.demux(stream)
        last = time.monotonic()
        while passage.broken <= PATIENCE and not passage.stopped:
            try:
                packet = next(packets, None)
                pictures = decoded(clip, packet) if packet is not None else []
            except (av.FFmpegError, OSError, ValueError):
                note_failure(clip)
                continue
            if packet is None:
                return
            note_packet(clip, packet)
            for picture in pictures:
                note_frame(clip, picture)
                yield picture
                last = time.monotonic()
                passage.stopped = budget.spent(picture.width * picture.height)
                if passage.stopped:
                    return
            if time.monotonic() - last > STALLED:
                passage.stopped = f"no frame came for {STALLED:.0f} s"
