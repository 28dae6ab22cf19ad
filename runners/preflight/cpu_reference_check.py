"""The device computes what the CPU computes in float32: same weights, same inputs, part by part."""

import math
from collections.abc import Iterator

from compat.core.model import Finding, Place, Severity
from runners.engines.evidence import PartDistance
from runners.engines.messages import PartsRequest
from runners.preflight.asked_clip import asked_clip
from runners.preflight.context import Answer, Context, Step, UndecidedError

OVER_ROUNDING = 4.0
"""How much further from float32 than the CPU in the same dtype a device may be. Two sets of kernels
round the same operations in another order: measured 0.9 to 1.3 over ten pipelines, their text
encoders, denoisers and VAEs, in bfloat16 and float16."""

FLOAT32_ROUNDINGS = 16.0
"""Rounding units per square root of the layers for float32, which has no coarser twin to measure:
independent rounding errors add up like a random walk. Measured below 1.5 over ten pipelines."""

TF32_EPSILON = 2.0**-10
"""CUDA computes float32 convolutions in TF32 by default (PyTorch, allow_tf32 of cuDNN), which keeps
10 bits of the mantissa."""

COARSE = 0.25
"""Relative distance from float32 at which a dtype is too coarse for a model, whatever computes it:
an error a quarter of the prediction's size is a signal-to-noise ratio of 12 dB per step."""


def check_cpu_reference(context: Context) -> Answer:
    """Text encoders, first denoising step and VAE of the tiny clip, computed once more."""
    asked_clip(context)
    found = context.engine.parts(PartsRequest())
    if not found.parts:
        raise UndecidedError("no part was seen at work")
    findings = [finding for part in found.parts for finding in part_findings(part, context)]
    unknown = [f"{part.part}: {part.reason}" for part in found.parts if part.reason]
    if unknown and not findings:
        raise UndecidedError(f"could not compute on the CPU: {'; '.join(unknown)}")
    return Answer(findings=tuple(findings), measures=_measures(found.parts))


def part_findings(part: PartDistance, context: Context) -> Iterator[Finding]:
    """What one part's distance says; nothing where it could not be computed."""
    device, place = context.job.device, Place(kind="node", path=part.part)
    if part.reason:
        return
    if part.non_finite and not part.reference_non_finite:
        yield Finding(
            rule="overflow-on-device",
            severity=Severity.HIGH,
            message=f"{part.part} gives {part.non_finite} NaN or Inf values in {part.dtype} on "
            f"{device} and none in float32 on the CPU",
            place=place,
            remedy="use bfloat16 or float32 for this part",
        )
        return
    if part.distance is None:
        return
    limit = limit_of(part, device)
    if part.distance > limit:
        yield Finding(
            rule="differs-from-cpu",
            severity=Severity.HIGH,
            message=f"{part.part} in {part.dtype} on {device} lies {part.distance:.2g} from the "
            f"CPU's float32 (relative), expected at most {limit:.2g}",
            place=place,
            remedy="framegate probe names the operation this device computes wrongly; another "
            "torch version, dtype or attention implementation may avoid it",
            evidence={"distance": part.distance, "limit": limit, "rounding": part.rounding},
        )
    elif part.distance > COARSE:
        yield Finding(
            rule="dtype-too-coarse",
            severity=Severity.MEDIUM,
            message=f"{part.part} in {part.dtype} lies {part.distance:.2g} from float32 on any "
            f"device, expected at most {COARSE:g}",
            place=place,
            remedy="use float32 for this part, or bfloat16 instead of float16",
            evidence={"distance": part.distance, "rounding": part.rounding},
        )


def limit_of(part: PartDistance, device: str) -> float:
    """How far this part may lie from float32, relative.

    Where the CPU's own rounding in the part's dtype is unknown the random walk bounds it.
    """
    epsilon = part.epsilon
    if part.dtype == "float32" and device.startswith("cuda"):
        epsilon = TF32_EPSILON
    walk = FLOAT32_ROUNDINGS * epsilon * math.sqrt(max(1, part.roundings))
    if part.rounding is None:
        return walk
    return max(OVER_ROUNDING * part.rounding, epsilon)


def _measures(parts: tuple[PartDistance, ...]) -> dict[str, object]:
    return {
        "distance": {part.part: part.distance for part in parts},
        "rounding": {part.part: part.rounding for part in parts},
        "dtype": {part.part: part.dtype for part in parts},
        "needed_bytes": max(part.needed_bytes for part in parts),
    }


STEP = Step(
    id="cpu-reference", title="same as CPU float32", run=check_cpu_reference, needs=("latents",)
)
