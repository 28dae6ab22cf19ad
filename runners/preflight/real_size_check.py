"""Rung (c), on request: one denoising step and one decode at the real size.

Some failures depend on size alone: memory, tensors beyond 2^31 elements, tiling seams. No picture
comes out of one step, so only numbers are judged.
"""

from runners.preflight.clip_request import ClipSize, clip_request
from runners.preflight.context import Answer, Context, Step
from runners.preflight.smoke_check import number_findings


def check_real_size(context: Context) -> Answer:
    """One window of the planned size denoises one step and decodes without NaN."""
    plan = context.job.plan
    size = ClipSize(
        width=plan.video.width,
        height=plan.video.height,
        frames=plan.window.frames,
        steps=1,
        guidance=plan.sampling.guidance,
        source="the plan's window",
    )
    request = clip_request(context, "real-size", steps=1, size=size)
    answer = context.engine.clip(request, lambda step: context.progress("real-size", step))
    context.notes.clips.append((request, answer))
    return Answer(
        findings=tuple(number_findings(answer, request)),
        measures={
            "size": f"{size.width}x{size.height}x{size.frames}",
            "seconds": answer.seconds,
            "decode_seconds": answer.decode_seconds,
            "peak_memory_bytes": answer.peak_memory_bytes,
        },
    )


STEP = Step(id="real-size", title="one step at real size", run=check_real_size, needs=("smoke",))
