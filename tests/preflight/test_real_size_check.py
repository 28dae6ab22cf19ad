"""One step at the planned size: numbers only, kept for the estimate."""

from dataclasses import replace

from runners.preflight.real_size_check import check_real_size


def test_a_healthy_step_is_silent_and_timed(context, rules):
    answer = check_real_size(context)
    (request,) = context.engine.clips
    assert rules(answer) == []
    assert (request.width, request.height, request.frames, request.steps) == (64, 64, 33, 1)
    assert len(context.notes.clips) == 1


def test_nan_at_the_real_size_is_named(context, rules):
    sick = replace(context.engine.answer.latents, non_finite=1)
    context.engine.answer = replace(context.engine.answer, decoded=sick)
    assert rules(check_real_size(context)) == ["non-finite-frames"]


def test_the_smallest_clips_latents_stay(context):
    check_real_size(context)
    assert not (context.job.scratch / "smoke.safetensors").exists()
