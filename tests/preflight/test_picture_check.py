"""Pixels are judged only where somebody knows the size at which they mean something."""

from dataclasses import replace

import numpy as np
import pytest

from compat.core.model import Finding, Outcome, Place, Severity
from compat.frames.judge import Judgement, JudgeVerdict
from compat.identify.model import Identification, Picture, Traits
from compat.plan.model import PicturePlan, SamplingPlan
from runners.engines.messages import RoundTrip
from runners.preflight import picture_check
from runners.preflight.context import UndecidedError
from runners.preflight.picture_check import check_picture

ASKED = PicturePlan(width=96, height=96, frames=9, steps=4)


@pytest.fixture
def asked(context):
    job = replace(context.job, plan=replace(context.job.plan, picture=ASKED))
    return replace(context, job=job)


def judged(monkeypatch, verdict, *findings):
    judgement = Judgement(
        verdict=verdict,
        findings=findings,
        measures={},
        per_frame={},
        worst_frames=(),
        frames=9,
    )
    monkeypatch.setattr(picture_check, "judge", lambda *_arguments: judgement)


def finding(severity, message="m"):
    place = Place(kind="frame", path="clip")
    return Finding(rule="r", severity=severity, message=message, place=place)


def test_where_nobody_knows_the_size_it_is_undecided(context):
    with pytest.raises(UndecidedError, match=r"set \[picture\]"):
        check_picture(context)
    assert context.engine.clips == []


def test_a_good_picture_is_silent_and_shown(asked):
    answer = check_picture(asked)
    assert (answer.outcome, answer.measures["verdict"]) == (Outcome.PASS, "good")
    names = [picture.removeprefix(f"{asked.job.scratch}/") for picture in answer.pictures]
    assert names == ["picture.png", "picture-steps.png"]
    assert (asked.job.scratch / "picture.png").is_file()
    assert asked.notes.encode_seconds_per_frame > 0
    assert asked.notes.judge_seconds_per_frame > 0
    assert asked.engine.clips[0].round_trip


def test_real_noise_is_garbage(asked):
    noise = np.random.default_rng(0)
    asked.engine.frames = lambda *size: noise.integers(0, 256, (*size, 3), np.uint8)
    answer = check_picture(asked)
    assert answer.outcome is Outcome.FAIL
    assert answer.reason == answer.findings[0].message


def test_the_gravest_finding_is_the_reason(asked, monkeypatch):
    notes = (finding(Severity.INFO, "by the way"), finding(Severity.HIGH, "it is mush"))
    judged(monkeypatch, JudgeVerdict.GARBAGE, *notes)
    assert check_picture(asked).reason == "it is mush"


def test_a_suspicion_passes_and_is_shown(asked, monkeypatch):
    judged(monkeypatch, JudgeVerdict.SUSPECT, finding(Severity.MEDIUM))
    answer = check_picture(asked)
    assert answer.outcome is Outcome.PASS
    assert len(answer.findings) == 1


def test_an_undecided_judge_is_no_pass(asked, monkeypatch):
    judged(monkeypatch, JudgeVerdict.UNDECIDED)
    assert check_picture(asked).outcome is Outcome.SKIP


@pytest.mark.parametrize("verdict", [JudgeVerdict.GOOD, JudgeVerdict.UNDECIDED])
def test_a_vae_that_disagrees_fails_whatever_the_pixels_say(asked, monkeypatch, verdict, rules):
    judged(monkeypatch, verdict)
    trip = RoundTrip(correlation=0.1, scale_ratio=1.0)
    asked.engine.answer = replace(asked.engine.answer, round_trip=trip)
    answer = check_picture(asked)
    assert answer.outcome is None  # so that the finding decides
    assert rules(answer) == ["vae-round-trip"]


def test_the_size_comes_from_the_signature_where_the_plan_gives_none(context):
    traits = Traits(
        pipeline="LTXPipeline", space_multiple=32, frame_step=8, frame_offset=1, min_side=64,
        fps=25.0, steps=20, guidance=3.0, needs=(),
        picture=Picture(width=64, height=96, frames=17, steps=20, guidance=3.0),
    )  # fmt: skip
    context.notes.identification = Identification(
        id="x", family="ltx", variant="", role="", traits=traits
    )
    assert check_picture(context).measures["size"] == "64x96x17"


def test_a_closing_zero_among_the_sigmas_is_left_to_the_scheduler(asked):
    plan = replace(asked.job.plan, sampling=SamplingPlan(sigmas=(1.0, 0.5, 0.0)))
    check_picture(replace(asked, job=replace(asked.job, plan=plan)))
    assert asked.engine.clips[0].sigmas == (1.0, 0.5)
