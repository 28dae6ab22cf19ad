"""Guidance guides: another scale and another negative prompt change the latents."""

import math
from collections.abc import Iterator
from dataclasses import replace

from compat.core.model import Finding, Place, Severity
from runners.engines.messages import ClipRequest
from runners.preflight.asked_clip import asked_clip
from runners.preflight.clip_request import clip_request
from runners.preflight.compare import read_latents, relative_distance
from runners.preflight.context import Answer, Context, Step
from runners.preflight.smoke_check import SMOKE_STEPS

NO_EFFECT = 1e-5
"""Relative distance below which nothing but rounding moved: without an effect the same numbers are
computed, and a prompt of another length rounds otherwise by up to 3e-6 (measured, float32)."""

OTHER_NEGATIVE = "a bright yellow field of flowers in the wind"
"""Any text that a plan's own negative prompt is not."""

ROWS_WITH_GUIDANCE = 2
"""Classifier-free guidance computes every step twice, with and without the prompt."""


def check_guidance(context: Context) -> Answer:
    """Two more clips like the smoke check's: half the guidance, another negative prompt."""
    request = clip_request(context, "smoke", steps=SMOKE_STEPS)
    if request.guidance <= 1:
        return Answer(measures={"asked": "nothing: the plan has no guidance"})
    _, answer = asked_clip(context)
    measures: dict[str, object] = {"rows": answer.denoiser_rows}
    less = replace(request, guidance=1 + (request.guidance - 1) / 2)
    measures["guidance_distance"] = moved = _distance(context, less, "guidance")
    findings = list(_without_effect("guidance", f"guidance {less.guidance:g} instead", moved))
    if answer.denoiser_rows >= ROWS_WITH_GUIDANCE and request.negative_prompt != OTHER_NEGATIVE:
        other = replace(request, negative_prompt=OTHER_NEGATIVE)
        measures["negative_distance"] = moved = _distance(context, other, "negative")
        findings += _without_effect("negative prompt", "another negative prompt", moved)
    return Answer(findings=tuple(findings), measures=measures)


def _without_effect(what: str, change: str, moved: float) -> Iterator[Finding]:
    if moved < NO_EFFECT:
        yield Finding(
            rule=f"{what.replace(' ', '-')}-ignored",
            severity=Severity.MEDIUM,
            message=f"{change} moved the latents by {moved:.1e} only, expected more than "
            f"{NO_EFFECT:g} (relative)",
            place=Place(kind="node", path="denoise", detail=what),
            remedy="this model takes no guidance (set sampling.guidance to 1), or its text encoder "
            "gives the same for every text",
            evidence={"distance": moved},
        )
    elif not math.isfinite(moved):
        yield Finding(
            rule="non-finite-latents",
            severity=Severity.HIGH,
            message=f"{change} gave latents that hold NaN or Inf or have another shape",
            place=Place(kind="node", path="denoise", detail=what),
            remedy="use bfloat16 instead of float16; these weights overflow for some inputs",
        )


def _distance(context: Context, other: ClipRequest, name: str) -> float:
    path = context.job.scratch / f"{name}.safetensors"
    asked = replace(other, frames_path="", latents_path=str(path))
    context.engine.clip(asked, lambda step: context.progress("guidance", step))
    first = read_latents(context.job.scratch / "smoke.safetensors")
    return relative_distance(first, read_latents(path))


STEP = Step(id="guidance", title="guidance guides", run=check_guidance, needs=("smoke",))
