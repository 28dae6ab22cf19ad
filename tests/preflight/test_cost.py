"""The estimate rests on the preflight's own clips."""

from dataclasses import replace

import pytest

from compat.plan.model import WindowPlan
from runners.preflight.clip_request import clip_request
from runners.preflight.cost import estimate_for, sample_of


@pytest.fixture
def clip(context):
    return clip_request(context, "smoke", steps=2), context.engine.answer


def test_a_sample_counts_tokens_and_takes_the_middle_step(clip):
    request, answer = clip
    sample = sample_of(request, replace(answer, step_seconds=(0.1, 0.2, 9.0)))
    assert (sample.tokens, sample.step_seconds) == (2 * 2 * 2, 0.2)
    assert (sample.prepare_seconds, sample.decode_seconds) == (0.3, 0.2)


def test_a_single_step_is_timed_by_its_preparation(clip):
    request, answer = clip
    sample = sample_of(request, replace(answer, step_seconds=()))
    assert (sample.step_seconds, sample.prepare_seconds) == (0.3, 0.0)


def test_without_a_clip_nothing_is_estimated(context):
    assert estimate_for(context) is None


def test_a_plan_without_windows_is_not_estimated(context, clip):
    context.notes.clips.append(clip)
    plan = replace(context.job.plan, window=WindowPlan(frames=32))
    assert estimate_for(replace(context, job=replace(context.job, plan=plan))) is None


def test_a_clip_gives_time_memory_and_disk(context, clip):
    context.notes.clips.append(clip)
    context.notes.judge_seconds_per_frame = 0.01
    context.notes.encode_seconds_per_frame = 0.01
    context.notes.judged_pixels = 64 * 64
    found = estimate_for(context)
    assert found.seconds > 0
    assert found.disk_bytes > 0
