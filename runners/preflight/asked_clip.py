"""The one tiny clip that the questions share: rendered once, with everything worth keeping."""

from dataclasses import replace

from runners.engines.messages import ClipAnswer, ClipRequest
from runners.preflight.clip_request import clip_request, picture_size
from runners.preflight.context import Context

QUESTION_STEPS = 6
"""Enough to see a course: a start, an end and four steps between; the smallest clip is cheap."""


def asked_clip(context: Context) -> tuple[ClipRequest, ClipAnswer]:
    """Request and answer of the questions' clip; the first question to ask renders it."""
    if context.notes.asked is None:
        request = replace(
            clip_request(context, "asked", steps=QUESTION_STEPS),
            capture=True,
            text_path=str(context.job.scratch / "asked-text.safetensors"),
        )
        answer = context.engine.clip(request, lambda step: context.progress("latents", step))
        context.notes.asked = (request, answer)
    return context.notes.asked


def vouched(context: Context) -> bool:
    """Whether somebody says that this model is trained: a size is known for its picture.

    What only a trained model does is asked of such a model alone; of another it stays unknown.
    """
    return picture_size(context) is not None
