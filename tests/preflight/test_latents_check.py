"""Every step is followed; the first that went wrong is named, and so is what collapsed."""

from dataclasses import replace

import pytest

from compat.core.codec import to_data
from runners.preflight.latents_check import check_latents, collapse_findings, step_findings
from tests.preflight.conftest import CLIP, course


def test_a_healthy_course_is_silent_measured_and_drawn(context, rules):
    answer = check_latents(context)
    assert rules(answer) == []
    assert answer.measures["noise"] == [1.0, 0.9, 0.75, 0.55, 0.3, 0.1]
    assert answer.measures["latent_std"] == [1.0] * 6
    assert (context.job.scratch / "steps.png").is_file()
    assert answer.pictures == (str(context.job.scratch / "steps.png"),)
    assert to_data(answer.measures)


def test_the_clip_is_rendered_once_for_all_questions(context):
    check_latents(context)
    check_latents(context)
    assert len(context.engine.clips) == 1
    assert context.engine.clips[0].capture


def test_a_scheduler_that_never_steps_is_no_pass(context):
    from runners.preflight.context import UndecidedError

    context.engine.answer = replace(context.engine.answer, trace=())
    with pytest.raises(UndecidedError, match="never seen"):
        check_latents(context)


@pytest.mark.parametrize(
    ("sick", "rule", "words"),
    [
        ({"output_non_finite": 7, "non_finite": 9}, "step-not-finite", "the model's output"),
        ({"non_finite": 9}, "step-not-finite", "the scheduler's result holds 9"),
        ({"output_std": 0.001}, "output-out-of-scale", "spread of 0.001"),
        ({"output_std": 400.0}, "output-out-of-scale", "expected 0.02 to 8"),
        ({"step_error": 0.3}, "step-off-schedule", "step 6 of 6"),
        ({"clean_std": 30.0}, "latents-exploded", "spread 30"),
    ],
)
def test_a_sick_step_is_named(sick, rule, words):
    answer = replace(CLIP, trace=course(**sick), prediction="flow")
    (finding,) = step_findings(answer)
    assert finding.rule == rule
    assert words in finding.message
    assert "step 6" in f"{finding.message} {finding.place}"


@pytest.mark.parametrize(
    ("start", "rules"),
    [
        ({"start_std": 1.0, "start_echo": 3.0}, []),
        ({"start_std": 1.18, "start_echo": None}, []),
        ({"start_std": 4.0, "start_echo": 3.0}, ["start-noise-off"]),
        ({"start_std": 0.25, "start_echo": 3.0}, ["start-noise-off"]),
        ({"start_std": 1.0, "start_echo": 16.0}, ["start-noise-repeats"]),
    ],
)
def test_a_start_that_is_no_noise_is_named(start, rules):
    steps = course()
    answer = replace(CLIP, trace=(replace(steps[0], **start), *steps[1:]), prediction="flow")
    assert [finding.rule for finding in step_findings(answer)] == rules


def test_only_the_first_sick_step_is_told():
    steps = course(non_finite=3)
    steps = (replace(steps[0], output_non_finite=1), *steps[1:])
    found = list(step_findings(replace(CLIP, trace=steps, prediction="flow")))
    assert [finding.place.detail for finding in found] == ["step 1 of 6"]


@pytest.mark.parametrize(
    "benign",
    [
        {"step_error": None},
        {"step_error": 0.06, "slack": 0.7},
        {"step_error": 1e-2, "epsilon": 2.0**-7},
        {"clean_std": None},
    ],
)
def test_what_rounding_and_higher_orders_do_is_no_fault(benign):
    assert list(step_findings(replace(CLIP, trace=course(**benign), prediction="flow"))) == []


def test_noise_predictions_may_be_divided_by_little_signal():
    steps = course(clean_std=14.0)
    assert list(step_findings(replace(CLIP, trace=steps, prediction="epsilon"))) == []


@pytest.mark.parametrize(
    ("sick", "rule"),
    [
        ({"stds": (*(0.9,) * 7, 0.0)}, "latent-channel-constant"),
        ({"stds": (0.0,) * 8}, "latent-channel-constant"),
        ({"space_share": 0.0}, "latents-flat"),
        ({"frame_change": 0.0}, "latent-frames-repeat"),
        ({"rank_share": 1.0}, "latent-channels-repeat"),
    ],
)
def test_what_collapsed_is_named(sick, rule):
    assert [f.rule for f in collapse_findings(replace(CLIP.channels, **sick))] == [rule]


@pytest.mark.parametrize(
    "benign",
    [
        {},
        {"frame_change": None, "space_share": None, "rank_share": None},
        {"frame_change": 0.01, "space_share": 0.01, "rank_share": 0.999},
        {"stds": (*(0.9,) * 7, 0.01)},
    ],
)
def test_a_still_and_plain_clip_has_not_collapsed(benign):
    assert list(collapse_findings(replace(CLIP.channels, **benign))) == []
    assert list(collapse_findings(None)) == []
