"""Noise falls, the start is left behind, the prediction settles; each failure is named."""

import itertools
from dataclasses import replace

import pytest

from runners.preflight.context import UndecidedError
from runners.preflight.denoise_check import (
    check_denoise,
    prediction_findings,
    progress_findings,
    schedule_findings,
    timestep_findings,
)
from tests.preflight.conftest import course


def shares(*noise):
    """Steps whose shares of noise are these, the last one after the last step."""
    steps = course()[: len(noise) - 1]
    pairs = itertools.pairwise(noise)
    return tuple(
        replace(step, noise=before, next_noise=after)
        for step, (before, after) in zip(steps, pairs, strict=True)
    )


def test_a_healthy_course_is_silent_and_measured(context, rules):
    answer = check_denoise(context)
    assert rules(answer) == []
    assert answer.measures["start_match"] == [0.9, 0.75, 0.55, 0.3, 0.1, 0.0]


def test_a_scheduler_that_never_steps_is_no_pass(context):
    context.engine.answer = replace(context.engine.answer, trace=())
    with pytest.raises(UndecidedError, match="never seen"):
        check_denoise(context)


@pytest.mark.parametrize(
    ("noise", "rule"),
    [
        ((0.0, 0.3, 0.6, 1.0), "noise-not-falling"),
        ((1.0, 0.6, 0.6, 0.0), "noise-not-falling"),
        ((1.0, 0.9, 0.8, 0.7), "noise-left"),
        ((14.6, 9.0, 6.0, 5.0), "noise-left"),
    ],
)
def test_a_schedule_that_does_not_end_in_a_picture_is_named(noise, rule):
    assert [finding.rule for finding in schedule_findings(shares(*noise))] == [rule]


@pytest.mark.parametrize(
    "noise",
    [(1.0, 0.5, 0.2, 0.0), (0.97, 0.5, 0.03, 0.03), (14.6, 3.0, 0.5, 0.0), (None, None, None)],
)
def test_the_schedules_there_are_pass(noise):
    assert list(schedule_findings(shares(*noise))) == []


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ((1000.0, 900.0, 750.0, 550.0, 300.0, 100.0), []),
        ((1.0, 0.9, 0.75, 0.55, 0.3, 0.1), []),
        ((100.0, 300.0, 550.0, 750.0, 900.0, 1000.0), ["timestep-not-followed"]),
        ((1000.0,) * 6, ["timestep-not-followed"]),
        ((), []),
    ],
)
def test_a_denoiser_that_is_told_other_timesteps_is_named(told, found):
    assert [finding.rule for finding in timestep_findings(course(), told)] == found


def test_latents_that_are_still_the_noise_are_named():
    assert [f.rule for f in progress_findings(course(start_match=0.999))] == ["still-start-noise"]
    assert list(progress_findings(course(start_match=0.9))) == [], "an untrained model changes 20 %"
    assert list(progress_findings(course(start_match=None))) == list(progress_findings(())) == []


def test_a_prediction_that_jumps_at_the_end_is_named():
    assert [f.rule for f in progress_findings(course(clean_move=1.4))] == ["prediction-diverges"]
    assert list(progress_findings(course(clean_move=0.9))) == []


def test_noise_in_the_prediction_is_named():
    noisy = tuple(replace(step, clean_match=0.8) for step in course())
    assert [finding.rule for finding in prediction_findings(noisy)] == ["noise-not-predicted"]
    assert list(prediction_findings(course(clean_match=0.9))) == [], "one step is no median"
    assert list(prediction_findings(())) == []
