"""Guidance guides: another scale and another negative prompt change the latents."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from compat.core.model import Finding, Place, Severity
from runners.engines.messages import ClipRequest
from runners.preflight.asked_clip import asked_clip
from runners.preflight.clip_request import clip_request
from runners.preflight.compare import read_latents, relative_distance
from runners.preflight.context import Answer, Context, Step
from runners.preflight.smoke_check import SMOKE_STEPS

if TYPE_CHECKING:
    from runners.preflight.compare import Array

NO_EFFECT = 1e-5
"""Relative distance below which nothing but rounding moved: without an effect the same numbers are
computed, and a prompt of another length rounds otherwise by up to 3e-6 (measured, float32)."""

OTHER_NEGATIVES = (
    "a bright yellow field of flowers in the wind",
    "an old wooden boat",
    "three people in a kitchen",
)
"""Any texts; three, so that one of them is neither a plan's prompt nor its negative prompt."""

ROWS_WITH_GUIDANCE = 2
"""Classifier-free guidance computes every step twice, with and without the prompt."""


def check_guidance(context: Context) -> Answer:
    """Two more clips like the smoke check's: another negative prompt, then half the guidance.

    Guidance is asked against that other negative prompt: a prompt of which the tokenizer knows no
    letter is the same as an empty negative one, and between two equal texts nothing can be guided.
    """
    request = clip_request(context, "smoke", steps=SMOKE_STEPS)
    if request.guidance <= 1:
        return Answer(measures={"asked": "nothing: the plan has no guidance"})
    _, answer = asked_clip(context)
    measures: dict[str, object] = {"rows": answer.denoiser_rows}
    other = replace(request, negative_prompt=other_negative(request))
    less = replace(other, guidance=1 + (request.guidance - 1) / 2)
    first = read_latents(context.job.scratch / "smoke.safetensors")
    second, third = _latents(context, other, "negative"), _latents(context, less, "guidance")
    measures["guidance_distance"] = moved = relative_distance(second, third)
    findings = list(_without_effect("guidance", f"guidance {less.guidance:g} instead", moved))
    if answer.denoiser_rows >= ROWS_WITH_GUIDANCE:
        measures["negative_distance"] = moved = relative_distance(first, second)
        findings += _without_effect("negative prompt", "another negative prompt", moved)
    return Answer(findings=tuple(findings), measures=measures)


def other_negative(request: ClipRequest) -> str:
    """A negative prompt that is neither the plan's nor the prompt itself."""
    taken = (request.negative_prompt, request.prompt)
    return next(text for text in OTHER_NEGATIVES if text not in taken)


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


def _latents(context: Context, request: ClipRequest, name: str) -> "Array":
    path = context.job.scratch / f"{name}.safetensors"
    asked = replace(request, frames_path="", latents_path=str(path))
    context.engine.clip(asked, lambda step: context.progress("guidance", step))
    return read_latents(path)


STEP = Step(id="guidance", title="guidance guides", run=check_guidance, needs=("smoke",))
