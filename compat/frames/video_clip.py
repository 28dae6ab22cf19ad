"""Clips that PyAV reads: mp4, webm, mkv and whatever else ffmpeg knows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from compat.core.errors import NothingCheckedError
from compat.core.model import Confidence, Finding, Place, Severity
from compat.frames.clip import Clip, ClipInfo, size_on_disk
from compat.frames.glimpse import Glimpse, glimpse_of, shrinking
from compat.frames.picture_clip import MAX_PIXELS, breaks_off
from compat.frames.scales import Frame

# A frame may be shown this much longer or shorter than the usual one before we speak of a
# variable rate; containers round time stamps to their time base.
UNEVEN = 0.25
# A duration may include another stream; a cut file misses more than this of it.
ENOUGH = 0.9
# More packets in a row that do not decode than this, and the rest is taken for damaged.
PATIENCE = 16


def open_video(path: Path) -> Clip:
    """Open a video file; NothingCheckedError where there is no video stream ffmpeg can decode."""
    with _opened(path) as container:
        stream = container.streams.video[0]
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
        )
        # Matroska declares a duration, in microseconds, instead of a number of frames.
        seconds = (container.duration or 0) / 1_000_000
    if not 0 < width * height <= MAX_PIXELS:
        raise NothingCheckedError(
            f"{path} claims {width}x{height} pixels, expected 1x1 to 8192x8192",
            "check where the file comes from",
        )

    def pictures(findings: list[Finding]) -> Iterator[Any]:
        return _frames(path, info.declared_frames, seconds, findings)

    return Clip(
        info,
        lambda findings: map(_rgb, pictures(findings)),
        glance=lambda findings: map(_glancing(), pictures(findings)),
    )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import av

    # ffmpeg writes its complaints about damaged data to stderr; ours are the findings.
    av.logging.set_level(av.logging.PANIC)
    try:
        container = av.open(str(path), metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise NothingCheckedError(
            f"{path} is not a video that can be opened: {type(error).__name__}",
            "render or download it again",
        ) from error
    with container:
        videos = container.streams.video
        if not videos or videos[0].codec_context is None:
            raise NothingCheckedError(
                f"{path} holds no video stream that can be decoded", "name the video file"
            )
        yield container


def _frames(
    path: Path, declared: int | None, seconds: float, findings: list[Finding]
) -> Iterator[Any]:
    times: list[float | None] = []
    yield from _decoded(path, times, findings)
    if not findings:
        findings.extend(_missing(path, times, declared, seconds))
    findings.extend(_rate_findings(path, times))


def _decoded(path: Path, times: list[float | None], findings: list[Finding]) -> Iterator[Any]:
    import av

    failures = 0
    with _opened(path) as container:
        stream = container.streams.video[0]
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                decoded = packet.decode() if packet is not None else []
            except (av.FFmpegError, OSError, ValueError) as error:
                failures += 1
                if failures == 1:
                    findings.append(breaks_off(path, len(times), error))
                if failures > PATIENCE:
                    return
                continue
            if packet is None:
                return
            for picture in decoded:
                times.append(None if picture.time is None else float(picture.time))
                yield picture


def _glancing() -> Callable[[Any], Glimpse]:
    """Return what makes glimpses: swscale shrinks, which spares most of the conversion to RGB."""
    from av.video.reformatter import VideoReformatter

    shrinker = VideoReformatter()

    def glimpse(picture: Any) -> Glimpse:
        size = picture.width, picture.height
        every = shrinking(*size)
        if every == 1 or _has_alpha(picture):
            return glimpse_of(_rgb(picture))
        small = shrinker.reformat(
            picture,
            width=size[0] // every,
            height=size[1] // every,
            format="rgb24",
            interpolation="FAST_BILINEAR",
        )
        return Glimpse(small=small.to_ndarray(), size=size, whole=lambda: _rgb(picture))

    return glimpse


def _has_alpha(picture: Any) -> bool:
    return any(component.is_alpha for component in picture.format.components)


def _rgb(picture: Any) -> Frame:
    if _has_alpha(picture):
        rgba = picture.to_ndarray(format="rgba")
        over_black: Frame = (rgba[..., :3] * rgba[..., 3:].astype(np.uint16) // 255).astype(
            np.uint8
        )
        return over_black
    frame: Frame = picture.to_ndarray(format="rgb24")
    return frame


def _missing(
    path: Path, times: list[float | None], declared: int | None, seconds: float
) -> Iterator[Finding]:
    last = max((time for time in times if time is not None), default=0.0)
    # A trimmed mp4 may declare a frame that its edit list hides.
    if declared and len(times) < min(declared - 2, 0.98 * declared):
        found = f"{len(times)} frames decode, the container declares {declared}"
    elif not declared and times and last < ENOUGH * seconds - 0.1:
        found = f"frames end at {last:.1f} s, the container declares {seconds:.1f} s"
    else:
        return
    yield Finding(
        rule="clip-shorter-than-declared",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=found,
        place=Place(kind="file", path=str(path)),
        remedy="the end of the file may be missing: encode or download it again",
        evidence={"stage": "encode"},
    )


def _rate_findings(path: Path, times: list[float | None]) -> list[Finding]:
    known = [time for time in times if time is not None]
    steps = np.diff(np.array(known)) if len(known) > 2 else np.zeros(0)
    usual = float(np.median(steps)) if steps.size else 0.0
    uneven = int((np.abs(steps - usual) > UNEVEN * usual).sum()) if usual > 0 else 0
    if not uneven:
        return []
    return [
        Finding(
            rule="variable-rate",
            severity=Severity.INFO,
            message=f"{uneven} of {steps.size} frames are shown longer or shorter than the usual "
            f"{usual * 1000:.0f} ms",
            place=Place(kind="file", path=str(path)),
            remedy="encode with a constant frame rate",
        )
    ]
