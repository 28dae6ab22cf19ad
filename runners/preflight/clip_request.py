"""The size, steps and paths of the preflight's clips, from the plan and the model's traits."""

from dataclasses import dataclass
from pathlib import Path

from compat.identify.model import Traits
from compat.plan.model import RenderPlan
from runners.engines.messages import ClipRequest
from runners.preflight.context import Context

FALLBACK_SIDE = 64
"""Smallest side that every family's VAE decodes (LTX-2's padding needs two latents of 32)."""

FALLBACK_FRAMES = 9
"""Two latent frames of the longest step there is, 8n+1."""

PROMPT = "a cat on a sofa"
"""For plans that only name a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSize:
    """Pixels, frames and steps of one clip, and why this size."""

    width: int
    height: int
    frames: int
    steps: int
    guidance: float
    source: str


def clip_request(
    context: Context, name: str, *, steps: int, size: ClipSize | None = None
) -> ClipRequest:
    """The request for the clip called ``name``; without a size the smallest legal one.

    It takes ``steps`` of the scheduler's own making: the plan's sigmas are a number of steps of
    their own, so only the picture asks for them.
    """
    job = context.job
    return request_of(job.plan, size or smallest(context, steps), job.scratch, name, steps=steps)


def request_of(
    plan: RenderPlan, size: ClipSize, folder: Path, name: str, *, steps: int
) -> ClipRequest:
    """The plan's first prompt at ``size``, to be kept in ``folder`` as ``name``."""
    return ClipRequest(
        prompt=plan.prompts[0].text if plan.prompts else PROMPT,
        negative_prompt=plan.sampling.negative_prompt,
        width=size.width,
        height=size.height,
        frames=size.frames,
        steps=steps,
        guidance=size.guidance,
        seed=plan.sampling.seed,
        fps=plan.video.fps,
        latents_path=str(folder / f"{name}.safetensors"),
        frames_path=str(folder / f"{name}.npy"),
    )


def smallest(context: Context, steps: int) -> ClipSize:
    """The smallest clip the model's own rules allow."""
    found = context.notes.identification
    return smallest_size(context.job.plan, found.traits if found is not None else None, steps)


def smallest_size(plan: RenderPlan, traits: Traits | None, steps: int) -> ClipSize:
    """The smallest clip that ``traits`` allow; where they are unknown, what every family takes."""
    side = max(traits.min_side, traits.space_multiple) if traits else FALLBACK_SIDE
    frames = traits.frame_step + traits.frame_offset if traits else FALLBACK_FRAMES
    return ClipSize(
        width=side,
        height=side,
        frames=frames,
        steps=steps,
        guidance=plan.sampling.guidance,
        source="smallest legal size",
    )


def picture_size(context: Context) -> ClipSize | None:
    """The smallest size at which this model is in distribution; None where nobody knows it.

    The plan's ``[picture]`` table comes first, then the model's signature.
    """
    plan = context.job.plan
    asked = plan.picture
    if asked.width and asked.height and asked.frames:
        return ClipSize(
            width=asked.width,
            height=asked.height,
            frames=asked.frames,
            steps=asked.steps or plan.sampling.steps,
            guidance=plan.sampling.guidance,
            source="the plan's [picture]",
        )
    found = context.notes.identification
    picture = found.traits.picture if found is not None and found.traits else None
    if picture is None:
        return None
    return ClipSize(
        width=picture.width,
        height=picture.height,
        frames=picture.frames,
        steps=plan.sampling.steps,
        guidance=plan.sampling.guidance,
        source="the model's signature",
    )
