"""Rung (a) of the ladder: the smallest legal clip, judged by numbers only.

A healthy large model gives mush at this size, so nobody looks at the picture. What can be told:
NaN, dead or exploding latents, a seed that changes nothing, a prompt that changes nothing.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from compat.core.model import Finding, Place, Severity
from runners.engines.messages import ClipAnswer, ClipRequest
from runners.preflight.clip_request import clip_request
from runners.preflight.compare import read_latents, relative_distance
from runners.preflight.context import Answer, Context, Step
from runners.preflight.hand_over import hand_over_findings
from runners.preflight.latents_check import step_findings

SMOKE_STEPS = 2
"""One step cannot show that a step's output can be the next one's input."""

CONTRAST_PROMPTS = ("an empty dark room at night", "a crowded sunny beach")
"""Asked when the plan holds one prompt only; any text that shares nothing with it would do, and the
second is for the plan that asks for the first."""

DIFFERENT_SEED_DISTANCE = 0.01
"""Two seeds start from independent noise (distance about 1.4); below 1 % the seed is ignored."""

REPEAT_DISTANCE = 0.05
"""Non-deterministic GPU kernels stay below 1 % on two steps; above 5 % something is broken."""

PROMPT_OVER_ROUNDING = 4.0
"""The prompt must move the latents more than repeating the render does, by this factor."""

PROMPT_DISTANCE = 0.001
"""Below this nothing but rounding moved. Measured over two steps: a dead text encoder gives at most
3e-6 (the two prompts' lengths round differently), untrained models of three families 0.003 and
more, trained ones about 1."""

SMOKE_TEXT = "smoke-text.safetensors"
SMOKE_TEXT_OTHER = "smoke-text-other.safetensors"
"""What the two prompts became, for the text check."""

SPREAD_BOUNDS = (0.02, 50.0)
"""Latents start from unit noise; outside these bounds they have collapsed or exploded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distances:
    """Relative latent distances to the first render: same again, another seed, another prompt."""

    repeat: float
    seed: float
    prompt: float


def check_smoke(context: Context) -> Answer:
    """Four clips of the smallest legal size: base, again, another seed, another prompt."""
    request = clip_request(context, "smoke", steps=SMOKE_STEPS)
    base = _render(context, _with_text(context, request, SMOKE_TEXT), decode=True)
    context.notes.clips.append((request, base))
    if sick := (*number_findings(base, request), *step_findings(base)):
        return Answer(findings=sick, measures=_measures(request, base, None))
    other = replace(request, prompt=contrast_prompt(context))
    distances = Distances(
        repeat=_distance(context, request, "again"),
        seed=_distance(context, replace(request, seed=request.seed + 1), "seed"),
        prompt=_distance(context, _with_text(context, other, SMOKE_TEXT_OTHER), "prompt"),
    )
    return Answer(
        findings=tuple(sensitivity_findings(distances, request)),
        measures=_measures(request, base, distances),
    )


def contrast_prompt(context: Context) -> str:
    """Another prompt than the first: the plan's next different one, else a fixed sentence."""
    first, *others = (prompt.text for prompt in context.job.plan.prompts)
    # Many tokenizers fold case and spaces, so a prompt that differs in those alone is the same.
    return next(text for text in (*others, *CONTRAST_PROMPTS) if _folded(text) != _folded(first))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def number_findings(answer: ClipAnswer, request: ClipRequest) -> Iterator[Finding]:
    """What one render's own numbers show: NaN or Inf, collapse, explosion."""
    place = Place(kind="node", path="denoise", detail=f"{request.width}x{request.height}")
    if answer.latents.non_finite:
        yield _finding(
            "non-finite-latents",
            f"{answer.latents.non_finite} latents are NaN or Inf after {request.steps} steps",
            place,
            "look for NaN weights (framegate verify --deep) or use bfloat16 instead of float16",
        )
    elif not SPREAD_BOUNDS[0] <= answer.latents.std <= SPREAD_BOUNDS[1]:
        yield _finding(
            "latent-spread",
            f"latents have a standard deviation of {answer.latents.std:.3g}, expected "
            f"{SPREAD_BOUNDS[0]} to {SPREAD_BOUNDS[1]}",
            place,
            "the transformer's weights or their scales are wrong; check the quantisation",
        )
    yield from _shape_findings(answer, request, place)
    yield from hand_over_findings(answer.handed)
    if answer.decoded is not None and answer.decoded.non_finite:
        yield _finding(
            "non-finite-frames",
            f"the VAE decoded {answer.decoded.non_finite} NaN or Inf pixels",
            replace(place, path="decode"),
            "decode in float32, or replace the VAE",
        )


def _shape_findings(answer: ClipAnswer, request: ClipRequest, place: Place) -> Iterator[Finding]:
    """A pipeline that rounds the frame count or the size without a word (diffusers' LTX floors)."""
    if answer.decoded is None:
        return
    count, _, height, width = answer.decoded.shape
    if (count, width, height) != (request.frames, request.width, request.height):
        yield _finding(
            "clip-shape",
            f"the clip has {count} frames of {width}x{height}, asked were {request.frames} of "
            f"{request.width}x{request.height}",
            replace(place, path="decode"),
            "the model rounds to its own steps: choose a size and a frame count it takes",
        )


def sensitivity_findings(distances: Distances, request: ClipRequest) -> Iterator[Finding]:
    """What the comparison shows: not repeatable, seed ignored, prompt ignored, NaN for another."""
    place = Place(kind="node", path="denoise", detail=f"{request.width}x{request.height}")
    for name, distance in (("seed", distances.seed), ("prompt", distances.prompt)):
        if not math.isfinite(distance):
            yield _finding(
                "non-finite-latents",
                f"another {name} gave latents that hold NaN or Inf or have another shape",
                place,
                "use bfloat16 instead of float16; these weights overflow for some inputs",
            )
    if distances.repeat > REPEAT_DISTANCE:
        yield _finding(
            "not-repeatable",
            f"the same seed gave latents {distances.repeat:.1%} apart, expected below "
            f"{REPEAT_DISTANCE:.0%}",
            place,
            "suspect faulty memory, an unstable overclock or a racing kernel",
        )
    if distances.seed < DIFFERENT_SEED_DISTANCE:
        yield _finding(
            "seed-ignored",
            f"another seed moved the latents by {distances.seed:.2%} only",
            place,
            "the noise does not reach the transformer; check the scheduler and the latents",
        )
    rounding = max(PROMPT_DISTANCE, PROMPT_OVER_ROUNDING * distances.repeat)
    if math.isfinite(rounding) and distances.prompt <= rounding:
        yield _finding(
            "prompt-ignored",
            f"another prompt moved the latents by {distances.prompt:.2g}, repeating the same one "
            f"by {distances.repeat:.2g} (relative): the text does not reach the picture",
            Place(kind="node", path="text_encoder"),
            "check the text encoder's file, its scales and the prompt's width",
        )


def _with_text(context: Context, request: ClipRequest, name: str) -> ClipRequest:
    return replace(request, capture=True, text_path=str(context.job.scratch / name))


def _render(context: Context, request: ClipRequest, *, decode: bool) -> ClipAnswer:
    asked = request if decode else replace(request, frames_path="")
    return context.engine.clip(asked, lambda step: context.progress("smoke", step))


def _distance(context: Context, other: ClipRequest, name: str) -> float:
    path = context.job.scratch / f"smoke-{name}.safetensors"
    _render(context, replace(other, latents_path=str(path)), decode=False)
    first = read_latents(context.job.scratch / "smoke.safetensors")
    return relative_distance(first, read_latents(path))


def _measures(
    request: ClipRequest, answer: ClipAnswer, distances: Distances | None
) -> dict[str, object]:
    measures: dict[str, object] = {
        "size": f"{request.width}x{request.height}x{request.frames}",
        "steps": request.steps,
        "latent_std": answer.latents.std,
        "seconds": answer.seconds,
        "peak_memory_bytes": answer.peak_memory_bytes,
    }
    if distances is not None:
        measures |= {
            "repeat_distance": distances.repeat,
            "seed_distance": distances.seed,
            "prompt_distance": distances.prompt,
        }
    return measures


def _finding(rule: str, message: str, place: Place, remedy: str) -> Finding:
    return Finding(rule=rule, severity=Severity.HIGH, message=message, place=place, remedy=remedy)


STEP = Step(
    id="smoke", title="smallest clip: numbers", run=check_smoke, needs=("load", "save-path")
)
