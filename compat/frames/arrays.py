"""Turns float pictures into frames, and says where they were not numbers."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compat.core.model import Finding, Place, Severity
from compat.frames.ranges import frame_ranges
from compat.frames.scales import Frame

# Decoders overshoot a little; what stands further out than this was not meant as a picture.
OVERSHOOT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayFrames:
    """Frames [T, H, W, 3] uint8 made from floats, and what was found on the way."""

    frames: NDArray[np.uint8]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Summary:
    """Per-frame counts collected while converting."""

    not_finite: dict[int, int] = field(default_factory=dict)
    values: int = 0


def frames_from_array(
    values: NDArray[np.generic], *, signed: bool | None = None, subject: str = "decoder output"
) -> ArrayFrames:
    """Turn [T, H, W, C] floats into uint8 frames; NaN and infinities become black and a finding.

    ``signed`` says whether values run from -1 to 1 instead of 0 to 1; None looks at them. uint8
    passes through. C is 1, 3 or 4 (alpha is laid over black). ``subject`` names the place of the
    findings. Raises ValueError for another shape or type.
    """
    if values.ndim != 4 or values.shape[-1] not in {1, 3, 4}:
        raise ValueError(f"shape {list(values.shape)}, expected [frames, height, width, channels]")
    if values.dtype.kind != "f" and values.dtype != np.uint8:
        raise ValueError(f"{values.dtype} values, expected floating point or uint8")
    if signed is None:
        with np.errstate(invalid="ignore"):
            signed = values.dtype.kind == "f" and bool(
                (np.asarray(values, np.float32) < -OVERSHOOT).any()
            )
    summary = Summary()
    frames = [
        to_uint8(picture, signed=signed, summary=summary, number=number)
        for number, picture in enumerate(values)
    ]
    empty = np.zeros((0, *values.shape[1:3], 3), np.uint8)
    stacked = np.stack(frames) if frames else empty
    return ArrayFrames(frames=stacked, findings=tuple(finding_of(summary, subject)))


def to_uint8(picture: NDArray[np.generic], *, signed: bool, summary: Summary, number: int) -> Frame:
    """Turn one [H, W, C] picture into an RGB frame; counts of what is not finite go to summary."""
    if picture.dtype != np.uint8:
        floats = picture.astype(np.float32)
        finite = np.isfinite(floats)
        bad = int(floats.size - finite.sum())
        summary.values = floats.size
        if bad:
            summary.not_finite[number] = bad
        scaled = (floats + 1) * 127.5 if signed else floats * 255
        filled = np.where(finite, scaled, 0)
        picture = np.clip(np.rint(filled), 0, 255).astype(np.uint8)
    return _three_channels(picture.astype(np.uint8))


def _three_channels(picture: Frame) -> Frame:
    if picture.shape[-1] == 1:
        return np.repeat(picture, 3, axis=-1)
    if picture.shape[-1] == 4:
        alpha = picture[..., 3:].astype(np.uint16)
        return (picture[..., :3] * alpha // 255).astype(np.uint8)
    return np.ascontiguousarray(picture)


def finding_of(summary: Summary, subject: str) -> list[Finding]:
    """Return the finding for values that are not numbers; empty where all were finite."""
    if not summary.not_finite:
        return []
    share = sum(summary.not_finite.values()) / (len(summary.not_finite) * summary.values)
    where = frame_ranges(sorted(summary.not_finite))
    return [
        Finding(
            rule="not-finite",
            severity=Severity.HIGH,
            message=f"{where}: {share:.0%} of the values are NaN or infinite, expected none",
            place=Place(kind="frame", path=subject, detail=where),
            remedy="decode in float32, or check the latents and the weights for NaN",
            evidence={"share": round(share, 4), "stage": "latent or decode"},
        )
    ]
