"""Encodes sampled frames again, as nearly as can be known as they were encoded before."""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from compat.core.errors import NothingCheckedError
from compat.frames.compared import Compared
from compat.frames.sampled_packets import Sample, Sampled, sampled

LOSSLESS = frozenset({"ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "png", "qtrle"})
# qindex (0 to 255) of each step of libvpx's own scale (0 to 63), vp9_quantizer.c.
VP9_STEPS = (
    *range(0, 220, 4), 224, 229, 234, 239, 244, 249, 255,
)  # fmt: skip


def compare(path: Path, demuxer: str | None = None) -> Compared:
    """Encode up to 24 frames of a video again and compare the bytes; never raises for its damage.

    ``demuxer`` is the kind of container where it is known.
    """
    import av

    began = time.process_time()
    try:
        taken = sampled(path, demuxer)
    except (av.FFmpegError, OSError, ValueError, NothingCheckedError) as error:
        return Compared(why=f"the file cannot be sought in ({type(error).__name__})")
    done = replace(encoded_again(taken), codec=taken.codec)
    return replace(done, seconds=round(time.process_time() - began, 3))


def encoded_again(taken: Sampled) -> Compared:
    """Encode every run again with the same codec, picture types and quantisers."""
    plan = PLANS.get(taken.codec)
    why = _obstacle(taken, lossless=taken.codec in LOSSLESS, planned=plan is not None)
    if why:
        return Compared(why=why)
    again = again_key = 0
    for run in taken.runs:
        sizes = _sizes(taken, run, plan(run) if plan else (taken.codec, {}))
        if not sizes:
            return Compared(why=f"{taken.codec} in {taken.layout} cannot be encoded here")
        again, again_key = again + sum(sizes), again_key + sizes[0]
    return Compared(
        frames=len(taken.frames),
        own=sum(sample.size for sample in taken.frames),
        again=again,
        own_key=sum(run[0].size for run in taken.runs),
        again_key=again_key,
    )


def _obstacle(taken: Sampled, *, lossless: bool, planned: bool) -> str:
    if not taken.runs:
        return "no two frames in a row decode from a key frame on"
    if not planned and not lossless:
        return f"nobody here can encode {taken.codec} with the settings of the file"
    if planned and not all(np.isfinite(sample.quantiser) for sample in taken.frames):
        return f"the decoder does not tell the quantisers of this {taken.codec}"
    return ""


def _sizes(
    taken: Sampled, run: tuple[Sample, ...], how: tuple[str, Mapping[str, str]]
) -> list[int] | None:
    """Return the bytes of each new packet, the key frame's first; None where it cannot be done."""
    import av

    codec, options = how
    # x265 and SVT write to stderr whatever they are told, so neither is used here.
    with suppress(av.FFmpegError, OSError, ValueError, OverflowError):
        context = av.CodecContext.create(codec, "w")
        context.width, context.height = taken.width, taken.height
        context.pix_fmt, context.time_base = taken.layout, Fraction(1, 25)
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
