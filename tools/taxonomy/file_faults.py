"""Faults of the file and not of the picture: cut, flipped, starved, or not what was ordered.

Each function takes a clip, the file's bytes as :func:`encoded` makes them, and a generator of
random numbers, and returns the bytes of the bad file.
"""

import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from tools.judge_training.pictures import Clip, Rng

FPS, CRF = 16, 20


def encoded(clip: Clip, *, crf: int = CRF, fps: int = FPS, first_index: bool = False) -> bytes:
    """Return an mp4 of the clip; ``first_index`` writes the index (moov) before the pictures."""
    import av

    even = clip[:, : clip.shape[1] // 2 * 2, : clip.shape[2] // 2 * 2]
    flags = {"movflags": "+faststart"} if first_index else {}
    with tempfile.TemporaryDirectory() as folder:
        # ffmpeg moves the index to the front by opening the file a second time.
        path = Path(folder) / "clip.mp4"
        with av.open(str(path), "w", options=flags) as container:
            stream: Any = container.add_stream("libx264", rate=Fraction(fps))
            stream.height, stream.width, stream.pix_fmt = even.shape[1], even.shape[2], "yuv420p"
            stream.options = {"crf": str(crf), "preset": "veryfast", "x264-params": "threads=1"}
            for frame in even:
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
                container.mux(stream.encode(picture))
            container.mux(stream.encode())
        return path.read_bytes()


def index_lost(clip: Clip, _rng: Rng) -> bytes:
    """Cut before the index at the end was written: nothing can be read."""
    whole = encoded(clip)
    return whole[: len(whole) * 7 // 10]


def cut_short(clip: Clip, _rng: Rng) -> bytes:
    """Cut in the pictures, the index at the front promises more."""
    whole = encoded(clip, first_index=True)
    return whole[: len(whole) * 6 // 10]


def zero_tail(clip: Clip, _rng: Rng) -> bytes:
    """The last third was never written to the disk: zeros."""
    whole = encoded(clip, first_index=True)
    keep = len(whole) * 2 // 3
    return whole[:keep] + bytes(len(whole) - keep)


def bits_flipped(clip: Clip, rng: Rng) -> bytes:
    """Single bytes of the pictures are wrong: blocks smear until the next key frame."""
    whole = bytearray(encoded(clip, first_index=True))
    start = bytes(whole).find(b"mdat") + 400
    for place in rng.integers(start, len(whole), max(6, (len(whole) - start) // 400)):
        whole[int(place)] ^= 1 << int(rng.integers(8))
    return bytes(whole)


def starved(clip: Clip, _rng: Rng) -> bytes:
    """Far too few bits: the encoder keeps blocks and little else."""
    return encoded(clip, crf=51)


def frames_missing(clip: Clip, _rng: Rng) -> bytes:
    """A quarter of the frames that were ordered."""
    return encoded(clip[: max(2, len(clip) // 4)])


def one_frame(clip: Clip, _rng: Rng) -> bytes:
    """A single frame: the picture was kept and the video lost."""
    return encoded(clip[:1])


def half_size(clip: Clip, _rng: Rng) -> bytes:
    """Half the width and height that were ordered."""
    return encoded(clip[:, ::2, ::2])


def half_rate(clip: Clip, _rng: Rng) -> bytes:
    """The right frames at half the frame rate: slow motion, twice the length."""
    return encoded(clip, fps=FPS // 2)


def empty(_clip: Clip, _rng: Rng) -> bytes:
    """A name and no bytes."""
    return b""


FILE_FAULTS: Mapping[str, Any] = {
    f.__name__: f
    for f in (
        index_lost, cut_short, zero_tail, bits_flipped, starved, frames_missing, one_frame,
        half_size, half_rate, empty,
    )
}  # fmt: skip
