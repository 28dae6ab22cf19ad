"""Turns arrays of any common layout into frames, and says where they were not pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compat.core.model import Finding, Place, Severity
from compat.frames.layouts import layout_of
from compat.frames.ranges import frame_ranges
from compat.frames.scales import Frame
from compat.frames.values import OVERSHOOT, Range, as_numbers, range_of, refused_dtype

# Decoders overshoot at a few bright edges; more than this share outside cuts the picture.
CUT_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayFrames:
    """Frames [T, H, W, 3] uint8 made from floats, and what was found on the way."""

    frames: NDArray[np.uint8]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Summary:
    """Per-frame counts collected while converting: values that are no numbers, or out of range."""

    not_finite: dict[int, int] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    values: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """An array seen as [T, H, W, C], without copying it; ``layout`` is what it was called."""

    values: NDArray[np.generic]
    layout: str


def frames_from_array(
    values: Any, *, signed: bool | None = None, subject: str = "decoder output"
) -> ArrayFrames:
    """Turn an array or tensor into uint8 frames; NaN and infinities become black and a finding.

    THWC, TCHW, CTHW, a batch of one, single pictures and grey clips are recognised by their shape
    (see :func:`compat.frames.layouts.layout_of`), ranges by their values. ``signed`` says whether
    floats run from -1 to 1 instead of 0 to 1; None looks at them. Alpha is laid over black.
    ``subject`` names the place of the findings. Raises ValueError for another shape or type.
    """
    stack = stacked(values)
    span = _span(stack.values, signed=signed)
    summary = Summary()
    frames = [
        to_uint8(picture, span=span, summary=summary, number=number)
        for number, picture in enumerate(stack.values)
    ]
    return ArrayFrames(frames=np.stack(frames), findings=tuple(findings_of(summary, subject, span)))


def _span(values: NDArray[np.generic], *, signed: bool | None) -> Range:
    if signed is None or values.dtype.kind in "uib":
        return range_of(values)
    return Range(low=-1 if signed else 0, high=1)


def stacked(values: Any) -> Stack:
    """See an array, or a tensor of any framework, as [T, H, W, C]; ValueError where it is none."""
    array = _numpy(values)
    why = refused_dtype(array.dtype)
    if why:
        raise ValueError(why)
    layout = layout_of(array.shape)
    for _ in range(layout.dropped):
        array = array[0]
    axes = [layout.time, layout.height, layout.width, layout.channels]
    ordered = array.transpose([axis for axis in axes if axis is not None])
    if layout.time is None:
        ordered = ordered[None]
    return Stack(values=ordered if layout.channels is not None else ordered[..., None],
                 layout=layout.name)  # fmt: skip


def _numpy(values: Any) -> NDArray[np.generic]:
    # By what it can do and not by its type: torch is never imported here.
    for step in ("detach", "cpu"):
        move = getattr(values, step, None)
        values = move() if callable(move) else values
    try:
        return np.asarray(values)
    except TypeError:
        # numpy has no bfloat16; torch's own conversion to float32 keeps every bit of it.
        return np.asarray(values.float())


def to_uint8(picture: NDArray[np.generic], *, span: Range, summary: Summary, number: int) -> Frame:
    """Turn one [H, W, C] picture into an RGB frame; what is odd about it goes to ``summary``."""
    if picture.dtype == np.uint8:
        return _three_channels(picture.astype(np.uint8))
    floats = as_numbers(picture).astype(np.float32)
    summary.values = floats.size
    finite = np.isfinite(floats)
    bad = int(floats.size - finite.sum())
    if bad:
        summary.not_finite[number] = bad
    share = np.where(finite, (floats - span.low) / (span.high - span.low), 0)
    margin = OVERSHOOT / (span.high - span.low) if span.high == 1 else 0
    outside = int(((share < -margin) | (share > 1 + margin)).sum())
    if outside:
        summary.outside[number] = outside
    return _three_channels(np.clip(np.rint(share * 255), 0, 255).astype(np.uint8))


def _three_channels(picture: Frame) -> Frame:
    if picture.shape[-1] == 1:
        return np.repeat(picture, 3, axis=-1)
    if picture.shape[-1] == 4:
        alpha = picture[..., 3:].astype(np.uint16)
        return (picture[..., :3] * alpha // 255).astype(np.uint8)
    return np.ascontiguousarray(picture)


def findings_of(summary: Summary, subject: str, span: Range) -> Iterator[Finding]:
    """Yield what converting noticed: values that are not numbers, and values cut off."""
    if summary.not_finite:
        yield _not_finite(summary, subject)
    cut = [n for n, count in summary.outside.items() if count > CUT_SHARE * summary.values]
    if cut:
        yield _out_of_range(summary, cut, subject, span)


def _not_finite(summary: Summary, subject: str) -> Finding:
    share = sum(summary.not_finite.values()) / (len(summary.not_finite) * summary.values)
    where = frame_ranges(sorted(summary.not_finite))
    return Finding(
        rule="not-finite",
        severity=Severity.HIGH,
        message=f"{where}: {share:.0%} of the values are NaN or infinite, expected none",
        place=Place(kind="frame", path=subject, detail=where),
        remedy="decode in float32, or check the latents and the weights for NaN",
        evidence={"share": round(share, 4), "stage": "latent or decode"},
    )


def _out_of_range(summary: Summary, cut: list[int], subject: str, span: Range) -> Finding:
    share = sum(summary.outside[number] for number in cut) / (len(cut) * summary.values)
    where = frame_ranges(sorted(cut))
    return Finding(
        rule="values-out-of-range",
        severity=Severity.MEDIUM,
        message=f"{where}: {share:.0%} of the values lie outside {span.words}, expected pictures "
        "within it; they were cut off",
        place=Place(kind="frame", path=subject, detail=where),
        remedy="save decoded frames and not latents, clamped to 0 to 1 or -1 to 1",
        evidence={"share": round(share, 4), "stage": "decode"},
    )
