"""What the full run will cost, from what the preflight's own clips cost."""

from statistics import median

from compat.core.errors import UsageError
from compat.core.job import Estimate
from compat.plan.estimate import Costs, Sample, estimate
from compat.plan.geometry import latent_frames, tokens_per_latent
from compat.plan.schedule import schedule
from runners.engines.messages import ClipAnswer, ClipRequest
from runners.preflight.context import Context
from runners.readiness import LOOP_FAMILY


def estimate_for(context: Context) -> Estimate | None:
    """Time, memory and disk of the planned run; None where no clip ran or no loop will follow.

    The windows are the LTX loop's: another family's render is another tool's and is not estimated.
    The worker is warm when the loop starts, so loading costs nothing more.
    """
    notes = context.notes
    found = notes.identification
    if not notes.clips or (found is not None and found.family != LOOP_FAMILY):
        return None
    try:
        windows = schedule(context.job.plan)
    except UsageError:
        return None
    costs = Costs(
        samples=tuple(sample_of(request, answer) for request, answer in notes.clips),
        load_seconds=0.0,
        judge_seconds_per_frame=notes.judge_seconds_per_frame,
        encode_seconds_per_frame=notes.encode_seconds_per_frame,
        frame_pixels=notes.judged_pixels,
        weight_bytes=notes.opened.parameter_bytes if notes.opened else None,
        crf=context.job.plan.output.crf,
    )
    return estimate(windows, costs)


def sample_of(request: ClipRequest, answer: ClipAnswer) -> Sample:
    """One timed clip in the estimate's words.

    A clip of one step has no interval between steps: its preparation, which holds the text
    encoder and that step, is taken instead, so the estimate errs on the long side.
    """
    latents = latent_frames(request.frames)
    return Sample(
        tokens=latents * tokens_per_latent(request.width, request.height),
        step_seconds=median(answer.step_seconds or (answer.prepare_seconds,)),
        prepare_seconds=answer.prepare_seconds if answer.step_seconds else 0.0,
        decode_seconds=answer.decode_seconds,
        peak_memory_bytes=answer.peak_memory_bytes,
    )
