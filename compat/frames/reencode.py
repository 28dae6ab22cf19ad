"""Encodes sampled frames again, as nearly as can be known as they were encoded before."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from compat.frames.sampled_packets import Sample, Sampled

LOSSLESS = frozenset({"ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "png", "qtrle"})
# qindex (0 to 255) of each step of libvpx's own scale (0 to 63), vp9_quantizer.c.
VP9_STEPS = (
    *range(0, 220, 4), 224, 229, 234, 239, 244, 249, 255,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Bytes of the same frames in the file and encoded again; ``why`` is said where not done.

    ``own_key`` and ``again_key`` are those of key frames alone.
    """

    frames: int = 0
    own: int = 0
    again: int = 0
    own_key: int = 0
    again_key: int = 0
    why: str = ""

    @property
    def ratio(self) -> float:
        """Own bytes over new ones, NaN where not compared; 64 bytes a frame are headers."""
        return _ratio(self.own, self.again, self.frames)


def _ratio(own: int, again: int, frames: int) -> float:
    return (own + 64 * frames) / (again + 64 * frames) if again else float("nan")


def encoded_again(sampled: Sampled) -> Compared:
    """Encode every run again with the same codec, picture types and quantisers."""
    if not sampled.runs:
        return Compared(why="no run of two frames decodes from a key frame on")
    plan = PLANS.get(sampled.codec)
    if plan is None and sampled.codec not in LOSSLESS:
        return Compared(why=f"there is no way here to encode {sampled.codec} with known settings")
    if plan is not None and not all(np.isfinite(s.quantiser) for s in sampled.frames):
        return Compared(why=f"the decoder does not tell the quantisers of this {sampled.codec}")
    again = again_key = 0
    for run in sampled.runs:
        sizes = _sizes(sampled, run, plan(run) if plan else (sampled.codec, {}))
        if sizes is None:
            return Compared(why=f"{sampled.codec} in {sampled.layout} cannot be encoded here")
        again, again_key = again + sum(sizes), again_key + sizes[0]
    return Compared(
        frames=len(sampled.frames),
        own=sum(sample.size for sample in sampled.frames),
        again=again,
        own_key=sum(run[0].size for run in sampled.runs),
        again_key=again_key,
    )


def _sizes(
    sampled: Sampled, run: tuple[Sample, ...], how: tuple[str, Mapping[str, str]]
) -> list[int] | None:
    """Return the bytes of each new packet, the key frame's first; None where it cannot be done."""
    import av

    codec, options = how
    # x265 and SVT write to stderr whatever they are told, so neither is used here.
    with suppress(av.FFmpegError, OSError, ValueError, OverflowError):
        context = av.CodecContext.create(codec, "w")
        context.width, context.height = sampled.width, sampled.height
        context.pix_fmt, context.time_base = sampled.layout, Fraction(1, 25)
        context.framerate, context.thread_count = Fraction(25), 1
        context.options = dict(options)
        sizes: list[int] = []
        for number, sample in enumerate(run):
            picture = sample.picture
            picture.pts, picture.time_base = number, Fraction(1, 25)
            picture.pict_type = {"I": 1, "P": 2, "B": 3}["I" if number == 0 else sample.letter]
            sizes += [packet.size for packet in context.encode(picture)]
        return sizes + [packet.size for packet in context.encode(None)]
    return None


def _mean(run: tuple[Sample, ...], letter: str) -> float:
    values = [sample.quantiser for sample in run if sample.letter == letter]
    return float(np.mean(values)) if values else float("nan")


def _x264(run: tuple[Sample, ...]) -> tuple[str, Mapping[str, str]]:
    key, between, both = (_mean(run, letter) for letter in "IPB")
    # x264 derives the quantisers of I and B frames from that of P by these two ratios.
    middle = between if math.isfinite(between) else both - 2 if math.isfinite(both) else key + 3
    params = {
        "qp": f"{max(1, round(middle))}",
        "ipratio": f"{2 ** ((middle - key) / 6):.3f}",
        "pbratio": f"{2 ** ((both - middle) / 6) if math.isfinite(both) else 1.3:.3f}",
        "keyint": "infinite", "scenecut": "0", "bframes": "16", "log-level": "none",
    }  # fmt: skip
    text = ":".join(f"{name}={value}" for name, value in params.items())
    return "libx264", {"preset": "medium", "x264-params": text}


def _vp9(run: tuple[Sample, ...]) -> tuple[str, Mapping[str, str]]:
    mean = float(np.mean([sample.quantiser for sample in run]))
    step = int(np.argmin(np.abs(np.array(VP9_STEPS) - mean)))
    return "libvpx-vp9", {
        "qmin": f"{step}", "qmax": f"{step}", "crf": f"{step}", "b": "0", "deadline": "good",
        "cpu-used": "4", "auto-alt-ref": "0", "lag-in-frames": "0", "g": "999",
    }  # fmt: skip


def _mpeg4(run: tuple[Sample, ...]) -> tuple[str, Mapping[str, str]]:
    # The decoder tells twice the step of MPEG-1 and MPEG-4.
    mean = float(np.mean([sample.quantiser for sample in run])) / 2
    step = min(31, max(1, round(mean)))
    return "mpeg4", {"qmin": f"{step}", "qmax": f"{step}", "flags": "+qscale", "g": "600",
                     "global_quality": f"{118 * step}"}  # fmt: skip


PLANS: Mapping[str, Callable[[tuple[Sample, ...]], tuple[str, Mapping[str, str]]]] = {
    "h264": _x264,
    "vp9": _vp9,
    "mpeg4": _mpeg4,
}
"""How to encode like what each decoder read."""
