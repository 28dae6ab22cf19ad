"""The size, steps and paths of the preflight's clips, from the plan and the model's traits."""

from dataclasses import dataclass

from runners.engines.messages import ClipRequest
from runners.preflight.context import Context

FALLBACK_SIDE = 64
"""Smallest side that every family's VAE decodes (LTX-2's padding needs two latents of 32)."""


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
    plan = context.job.plan
    chosen = size or smallest(context, steps)
    return ClipRequest(
        prompt=plan.prompts[0].text,
        negative_prompt=plan.sampling.negative_prompt,
        width=chosen.width,
        height=chosen.height,
        frames=chosen.frames,
        steps=steps,
        guidance=chosen.guidance,
        seed=plan.sampling.seed,
        fps=plan.video.fps,
        latents_path=str(context.job.scratch / f"{name}.safetensors"),
        frames_path=str(context.job.scratch / f"{name}.npy"),
    )


def smallest(context: Context, steps: int) -> ClipSize:
    """The smallest clip the model's own rules allow."""
    found = context.notes.identification
    traits = found.traits if found is not None else None
    side = max(traits.min_side, traits.space_multiple) if traits else FALLBACK_SIDE
    frames = traits.frame_step + traits.frame_offset if traits else 9
    return ClipSize(
        width=side,
        height=side,
        frames=frames,
        steps=steps,
        guidance=context.job.plan.sampling.guidance,
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
