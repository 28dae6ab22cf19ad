"""Video encoders behind PyAV, tried with frames."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault

_WIDTH, _HEIGHT, _FRAMES, _RATE = 64, 48, 6, 24
# A smooth picture survives a lossy codec with less mean error than this, in levels of 255; gif
# holds 8 levels a channel, 36 apart.
_LOSSY_LEVELS = {"gif": 36.0}
_OTHERWISE = 6.0
_ENCODERS = {
    "libx264": ".mp4",
    "libx265": ".mp4",
    "libvpx-vp9": ".webm",
    "ffv1": ".mkv",
    "gif": ".gif",
}


@probe(
    "video-encoders",
    family="media",
    needs=Needs(modules=("av", "numpy")),
)
def video_encoders(session: Session) -> Iterator[Finding]:
    """H.264 and FFV1 can be written here, and come back with every frame.

    The encoder is the last step of a render. Builds of ffmpeg without x264 exist (licences), and a
    missing one is noticed after hours. The other codecs stand in the measures.
    """
    for name, suffix in _ENCODERS.items():
        path = Path(session.scratch) / f"{name}{suffix}"
        frames, refusal = attempt(partial(_round_trip, name, path))
        session.measure(name, refusal or "works")
        needed = name in ("libx264", "ffv1")
        severity = Severity.HIGH if needed else Severity.INFO
        if refusal:
            text = f"the encoder {name} cannot be used: {refusal}"
            yield fault(session, "encoder-unavailable", text, severity=severity)
        elif problem := _difference(name, frames or ()):
            yield fault(session, "encoder-wrong", f"what {name} wrote {problem}", severity=severity)


def _frame(number: int) -> Any:
    import numpy as np

    # No direction, no two colours and no two frames alike: what is mirrored, swapped or shown twice
    # is further off than a codec.
    across = np.linspace(40, 180, _WIDTH)[None, :] + 13 * number
    down = np.linspace(170, 30, _HEIGHT)[:, None] + 13 * number
    red, green, blue = across + 0 * down, down + 0 * across, (across - down) / 2 + 110
    return np.stack([red, green, blue], axis=-1).clip(0, 255).astype(np.uint8)


def _round_trip(name: str, path: Path) -> Sequence[Any]:
    import av

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(name, rate=_RATE)
        # x265 writes its settings to stderr past every log level of ffmpeg.
        stream.options = {"x265-params": "log-level=none"} if name == "libx265" else {}
        stream.width, stream.height = _WIDTH, _HEIGHT
        stream.pix_fmt = {"gif": "rgb8", "ffv1": "bgr0"}.get(name, "yuv420p")
        for number in range(_FRAMES):
            picture = av.VideoFrame.from_ndarray(_frame(number), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def _difference(name: str, frames: Sequence[Any]) -> str:
    import numpy as np

    if len(frames) != _FRAMES:
        return f"holds {len(frames)} frames, expected {_FRAMES}"
    apart = [
        float(np.abs(frame.astype(float) - _frame(number)).mean())
        for number, frame in enumerate(frames)
    ]
    worst = max(apart)
    allowed = _LOSSY_LEVELS.get(name, _OTHERWISE)
    return f"is off by {worst:.1f} of 255 levels" if worst > allowed else ""
