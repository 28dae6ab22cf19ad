"""Clips as the bytes of an mp4, lossless or as players expect it; the same bytes every time."""

import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from tools.judge_training.pictures import Clip

FPS, CRF = 16, 20
# Without the macroblock tree the same frames give the same bytes (see compat/frames/encode.py).
SAME_BYTES = "threads=1:mbtree=0"


def encoded(clip: Clip, *, crf: int = CRF, fps: int = FPS, first_index: bool = False) -> bytes:
    """Return H.264 of the clip; ``first_index`` writes the index (moov) before the pictures."""
    even = clip[:, : clip.shape[1] // 2 * 2, : clip.shape[2] // 2 * 2]
    flags = {"movflags": "+faststart"} if first_index else {}
    options = {"crf": str(crf), "preset": "veryfast", "x264-params": SAME_BYTES}
    return _mp4(even, ("libx264", "yuv420p"), options, fps, flags)


def lossless(clip: Clip, *, fps: int = FPS) -> bytes:
    """Return H.264 in RGB from which every value comes back; any size, odd ones too."""
    options = {"qp": "0", "preset": "veryfast", "x264-params": SAME_BYTES}
    return _mp4(clip, ("libx264rgb", "rgb24"), options, fps, {})


def _mp4(
    clip: Clip,
    codec: tuple[str, str],
    options: Mapping[str, str],
    fps: int,
    flags: Mapping[str, str],
) -> bytes:
    import av

    with tempfile.TemporaryDirectory() as folder:
        # A real file: ffmpeg moves the index to the front by opening it a second time.
        path = Path(folder) / "clip.mp4"
        with av.open(str(path), "w", options=dict(flags)) as container:
            stream: Any = container.add_stream(codec[0], rate=Fraction(fps))
            stream.height, stream.width, stream.pix_fmt = clip.shape[1], clip.shape[2], codec[1]
            stream.options = dict(options)
            for frame in clip:
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
                container.mux(stream.encode(picture))
            container.mux(stream.encode())
        return path.read_bytes()
