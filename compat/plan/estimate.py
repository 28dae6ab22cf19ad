"""What the full run will cost in time, memory and disk, from what the preflight measured.

The scaling law of one denoising step over n tokens is ``a * n + b * n**2``: every layer is linear
in the tokens except attention, which is quadratic. Two measured sizes give both shares; one size
gives only a line through the origin. Decoding is linear in latent tokens, judging and encoding in
pixels, peak memory in tokens on top of the weights.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from compat.core.job import Estimate
from compat.plan.geometry import FRAME_STEP, LATENT_CHANNELS
from compat.plan.model import RenderPlan
from compat.plan.schedule import Schedule

FLOAT32_BYTES = 4
"""Latents are kept as float32, whatever the model computes in."""

SEGMENT_BYTES_PER_PIXEL = 1.0
"""FFV1 took 0.09 to 0.68 bytes a pixel on nine good clips of eight models (PyAV 14), so this is
generous; pure noise takes 1.6."""

MP4_BYTES_PER_PIXEL = 0.1
"""x264 at crf 18 took 0.003 to 0.1 bytes a pixel on the same clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One clip that was rendered and timed with the guidance of the plan.

    ``tokens`` of the clip; ``step_seconds`` of one denoising step; ``prepare_seconds`` before the
    first step (mostly the text encoder); ``decode_seconds`` of the whole clip;
    ``peak_memory_bytes`` of the process or device while it ran. None where it was not measured.
    """

    tokens: int
    step_seconds: float
    prepare_seconds: float = 0.0
    decode_seconds: float | None = None
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Everything the preflight measured that an estimate can use; None where it did not.

    ``samples`` in any order, best at two sizes. ``judge_seconds_per_frame`` and
    ``encode_seconds_per_frame`` were measured on frames of ``frame_pixels`` pixels (None: the size
    of the video). ``load_seconds`` is 0 for a worker that is warm. ``weight_bytes`` are the
    weights in memory. ``bytes_per_latent`` is one latent frame on disk, else it is computed from
    ``latent_channels``.
    """

    samples: tuple[Sample, ...] = ()
    load_seconds: float | None = None
    judge_seconds_per_frame: float | None = None
    encode_seconds_per_frame: float | None = None
    frame_pixels: int | None = None
    weight_bytes: int | None = None
    bytes_per_latent: int | None = None
    latent_channels: int = LATENT_CHANNELS
    crf: int = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class _Law:
    """A function of tokens that was fitted, and the sentence that says how."""

    of: Callable[[int], float]
    basis: str


def estimate(schedule: Schedule, costs: Costs) -> Estimate:
    """Return what ``schedule`` will cost; None for what the measurements cannot tell.

    Seconds are None without a timed clip. Other parts that were not measured are left out of them,
    and the basis names them.
    """
    seconds, time_basis = _seconds(schedule, costs)
    memory, memory_basis = _memory(schedule.window_tokens, costs)
    return Estimate(
        seconds=seconds,
        peak_memory_bytes=memory,
        disk_bytes=_disk(schedule, costs),
        basis=f"{time_basis}; {memory_basis}; disk from typical rates of lossless video",
    )


def disk_bytes(
    schedule: Schedule, plan: RenderPlan, *, latent_channels: int = LATENT_CHANNELS
) -> int:
    """Bytes the run folder and the MP4 will take: latents, lossless segments, the video itself.

    Latents are exact; video is a generous rate of real clips. One window of raw frames, which the
    worker hands over in a file, is in it.
    """
    return _disk(schedule, Costs(latent_channels=latent_channels, crf=plan.output.crf))


def latent_disk_bytes(schedule: Schedule, *, latent_channels: int = LATENT_CHANNELS) -> int:
    """Bytes of all latents of the run on disk, in float32."""
    return schedule.total_latents * schedule.tokens_per_latent * latent_channels * FLOAT32_BYTES


def _disk(schedule: Schedule, costs: Costs) -> int:
    latents = latent_disk_bytes(schedule, latent_channels=costs.latent_channels)
    if costs.bytes_per_latent is not None:
        latents = schedule.total_latents * costs.bytes_per_latent
    picture = schedule.width * schedule.height
    raw_window = 3 * picture * FRAME_STEP * schedule.windows[0].latents
    segments = SEGMENT_BYTES_PER_PIXEL * picture * schedule.total_frames
    # x264 doubles the rate for every 6 steps of crf, by design of its quantiser.
    rate = MP4_BYTES_PER_PIXEL * math.pow(2, (18 - costs.crf) / 6)
    return round(latents + raw_window + segments + rate * picture * schedule.target_frames)


def _seconds(schedule: Schedule, costs: Costs) -> tuple[float | None, str]:
    law = step_law(costs.samples, schedule.window_tokens)
    if law is None:
        return None, "no clip was timed, so the time is not known"
    steps = schedule.steps * len(schedule.windows)
    known = {
        "loading": costs.load_seconds,
        "decoding": _decode_seconds(schedule, costs.samples),
        "judging": _per_frame(schedule, costs, costs.judge_seconds_per_frame),
        "encoding": _per_frame(schedule, costs, costs.encode_seconds_per_frame),
    }
    prepare = max(sample.prepare_seconds for sample in costs.samples) * len(schedule.windows)
    total = steps * law.of(schedule.window_tokens) + prepare + sum(filter(None, known.values()))
    missing = [name for name, value in known.items() if value is None]
    without = f", without {', '.join(missing)}, which was not measured" if missing else ""
    return total, f"{law.basis}{without}"


def step_law(samples: tuple[Sample, ...], tokens: int) -> _Law | None:
    """Seconds of one step as a function of tokens, fitted for windows of ``tokens`` tokens.

    None without a sample. A fit whose linear or quadratic share would be negative (the fixed cost
    of a step hides them at tiny sizes) falls back to the line through the largest clip.
    """
    sizes = sorted({sample.tokens: sample for sample in samples}.values(), key=lambda s: s.tokens)
    if not sizes:
        return None
    small, large = sizes[0], sizes[-1]
    exact = next((sample for sample in sizes if sample.tokens == tokens), None)
    if exact is not None:
        return _Law(
            of=lambda n: exact.step_seconds * n / exact.tokens,
            basis=f"time measured on a clip of a whole window ({tokens} tokens)",
        )
    if len(sizes) > 1:
        linear, quadratic = _shares(small, large)
        if linear >= 0 and quadratic >= 0:
            return _Law(
                of=lambda n: linear * n + quadratic * n * n,
                basis=f"time scaled from {small.tokens} and {large.tokens} to {tokens} tokens, "
                "linear plus the quadratic share of attention",
            )
    why = (
        "the two measured sizes are too small to show attention's quadratic share"
        if len(sizes) > 1
        else "only one size was measured, so attention's quadratic share is not in it"
    )
    return _Law(
        of=lambda n: large.step_seconds * n / large.tokens,
        basis=f"time scaled from {large.tokens} to {tokens} tokens in a straight line, because "
        f"{why}",
    )


def _shares(small: Sample, large: Sample) -> tuple[float, float]:
    """a and b of ``a * n + b * n**2`` through both samples."""
    slow, fast = large.step_seconds / large.tokens, small.step_seconds / small.tokens
    quadratic = (slow - fast) / (large.tokens - small.tokens)
    return fast - quadratic * small.tokens, quadratic


def _decode_seconds(schedule: Schedule, samples: tuple[Sample, ...]) -> float | None:
    timed = [sample for sample in samples if sample.decode_seconds is not None]
    if not timed:
        return None
    largest = max(timed, key=lambda sample: sample.tokens)
    # Each window is decoded with its overlap as context, so the overlap is decoded again.
    tokens = sum(window.latents for window in schedule.windows) * schedule.tokens_per_latent
    return (largest.decode_seconds or 0.0) / largest.tokens * tokens


def _per_frame(schedule: Schedule, costs: Costs, seconds: float | None) -> float | None:
    if seconds is None:
        return None
    pixels = schedule.width * schedule.height
    return seconds * schedule.total_frames * pixels / (costs.frame_pixels or pixels)


def _memory(tokens: int, costs: Costs) -> tuple[int | None, str]:
    """Peak memory of a window: measured, else a line over tokens, else unknown."""
    peaks = {s.tokens: s.peak_memory_bytes for s in costs.samples if s.peak_memory_bytes}
    if not peaks:
        return None, "no peak of memory was measured"
    sizes = sorted(peaks)
    small, large = sizes[0], sizes[-1]
    if large >= tokens:
        covering = min(size for size in sizes if size >= tokens)
        return peaks[covering], f"peak memory measured at {covering} tokens"
    if small < large:
        slope = max(0.0, (peaks[large] - peaks[small]) / (large - small))
        grown = round(peaks[large] + slope * (tokens - large))
        return grown, f"peak memory grown in a line from {small} and {large} tokens"
    if costs.weight_bytes is not None:
        activations = max(0, peaks[large] - costs.weight_bytes)
        grown = costs.weight_bytes + round(activations * tokens / large)
        return max(grown, peaks[large]), f"peak memory over the weights grown from {large} tokens"
    return None, f"peak memory is known at {large} tokens only, not how it grows"
