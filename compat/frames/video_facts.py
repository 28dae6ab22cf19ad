"""Reads what a video stream declares about its pictures and its time."""

from typing import Any

from compat.frames.clip import Pictures

# AVColorRange of ffmpeg: 1 is limited ("mpeg"), 2 is full ("jpeg").
RANGES = {1: False, 2: True}
# AVFieldOrder: 0 unknown, 1 progressive, the rest are ways of interlacing.
PROGRESSIVE = 1
MICROSECOND = 1_000_000


def declared_pictures(container: Any, stream: Any) -> Pictures:
    """Return what container and codec header declare; nothing is decoded for it."""
    context = stream.codec_context
    layout = context.format
    ratio = stream.sample_aspect_ratio or context.sample_aspect_ratio
    sounds = container.streams.audio
    return Pictures(
        layout=layout.name if layout else "",
        bits=max((part.bits for part in layout.components), default=0) if layout else 0,
        full_range=RANGES.get(int(context.color_range or 0)),
        matrix=int(context.colorspace),
        transfer=int(context.color_trc),
        pixel_aspect=float(ratio) if ratio else 1.0,
        interlaced=int(context.field_order) > PROGRESSIVE,
        seconds=_seconds(stream) or (container.duration or 0) / MICROSECOND or None,
        start=float(stream.start_time * stream.time_base) if stream.start_time else 0.0,
        audio_seconds=_seconds(sounds[0]) if sounds else None,
        audio_tracks=len(sounds),
        video_tracks=len(container.streams.video),
        coded=(context.coded_width, context.coded_height),
    )


def _seconds(stream: Any) -> float | None:
    if stream.duration and stream.time_base and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    # Matroska writes it as text, hours:minutes:seconds.
    text = stream.metadata.get("DURATION", "")
    parts = text.split(":")
    try:
        hours, minutes, seconds = (float(part) for part in parts)
    except ValueError:
        return None
    return hours * 3600 + minutes * 60 + seconds
