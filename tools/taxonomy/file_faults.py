"""Faults of the file and not of the picture: cut, flipped, starved, or not what was ordered.

Each function takes a clip and a generator of random numbers and returns the bytes of an mp4.
"""

from collections.abc import Callable, Mapping

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.encoding import FPS, encoded


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
    for place in rng.integers(start, len(whole), max(3, (len(whole) - start) // 2500)):
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


FILE_FAULTS: Mapping[str, Callable[[Clip, Rng], bytes]] = {
    f.__name__: f
    for f in (
        index_lost, cut_short, zero_tail, bits_flipped, starved, frames_missing, one_frame,
        half_size, half_rate, empty,
    )
}  # fmt: skip
