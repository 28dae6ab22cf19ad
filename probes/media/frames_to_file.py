"""Two bfloat16 frames through each way in which scripts write a video."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device, on_host

# 48 is no multiple of 32, but of 16: encoders of imageio make every size a multiple of 16.
_FRAMES, _HEIGHT, _WIDTH, _RATE = 2, 48, 64, 24
# A smooth picture survives h264 with less mean error than this, in levels of 255.
_LOSSY_LEVELS = 6.0


@probe(
    "frames-to-file",
    family="media",
    needs=Needs(
        modules=("torch", "numpy", "av", "diffusers"),
        devices=("cpu", "cuda", "mps"),
        level=Level.STANDARD,
    ),
)
def frames_to_file(session: Session) -> Iterator[Finding]:
    """Two bfloat16 frames reach a video file in each way that scripts write one.

    Asked about are diffusers' own postprocessing, ``export_to_video`` (it needs imageio with
    imageio-ffmpeg, or OpenCV, and says so only here, after the render), and PyAV with h264 and
    FFV1. Values beyond 0 to 1, as decoders give them, must be cut and not wrap around. Install
    ``imageio imageio-ffmpeg``, or write with PyAV as framegate does.
    """
    here = on_device(_clip(), session)
    for name, write in _ways().items():
        frames, refusal = attempt(partial(write, here, Path(session.scratch) / name))
        session.measure(name, refusal or "works")
        if refusal:
            optional = name.startswith("export_to_video")
            yield fault(
                session,
                "save-refused",
                f"writing two bfloat16 frames with {name} is refused: {refusal}",
                severity=Severity.MEDIUM if optional else Severity.HIGH,
                remedy="pip install imageio imageio-ffmpeg, or write with PyAV",
            )
        elif problem := _difference(frames or ()):
            text = f"two bfloat16 frames written with {name} {problem}"
            yield fault(session, "save-wrong", text)


def _clip() -> Any:
    """A ramp from a little below 0 to a little above 1, brighter in the second frame."""
    import torch

    across = torch.linspace(-0.04, 0.9, _WIDTH).expand(_HEIGHT, _WIDTH)
    clip = torch.stack([across, across + 0.12]).unsqueeze(-1)
    return clip.expand(_FRAMES, _HEIGHT, _WIDTH, 3).contiguous().bfloat16()


def _ways() -> Mapping[str, Callable[[Any, Path], Sequence[Any]]]:
    return {
        "diffusers' postprocessing": _postprocessed,
        "export_to_video of arrays": _exported,
        "PyAV as h264": partial(_encoded, codec="libx264", pixels="yuv420p", suffix=".mp4"),
        "PyAV as ffv1": partial(_encoded, codec="ffv1", pixels="bgr0", suffix=".mkv"),
    }


def _levels(clip: Any) -> Any:
    """What a picture file holds: 0 to 255, cut and rounded."""
    import numpy as np

    values = on_host(clip.float()).numpy()
    return (values.clip(0, 1) * 255).round().astype(np.uint8)


def _postprocessed(clip: Any, _path: Path) -> Sequence[Any]:
    """Decoders give -1 to 1 with channels first; the pipelines turn it like this."""
    from diffusers.video_processor import VideoProcessor

    decoded = (clip * 2 - 1).permute(3, 0, 1, 2)[None]
    frames = VideoProcessor().postprocess_video(decoded, output_type="np")[0]
    return [(frame * 255).round() for frame in frames]


def _exported(clip: Any, path: Path) -> Sequence[Any]:
    from diffusers.utils import export_to_video

    file = path.with_suffix(".mp4")
    frames = list(on_host(clip.float().clamp(0, 1)).numpy())
    export_to_video(frames, str(file), fps=_RATE)
    return _read(file)


def _encoded(clip: Any, path: Path, *, codec: str, pixels: str, suffix: str) -> Sequence[Any]:
    import av

    file = path.with_suffix(suffix)
    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream(codec, rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, pixels
        for frame in _levels(clip):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))
    return _read(file)


def _read(file: Path) -> Sequence[Any]:
    import av

    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def _difference(frames: Sequence[Any]) -> str:
    import numpy as np

    if len(frames) != _FRAMES:
        return f"come back as {len(frames)}"
    if any(frame.shape != (_HEIGHT, _WIDTH, 3) for frame in frames):
        return f"come back as {frames[0].shape}, expected {(_HEIGHT, _WIDTH, 3)}"
    meant = _levels(_clip()).astype(float)
    worst = max(
        float(np.abs(f.astype(float) - m).mean()) for f, m in zip(frames, meant, strict=True)
    )
    # Written so that NaN is refused too.
    return "" if worst <= _LOSSY_LEVELS else f"are off by {worst:.1f} of 255 levels"
