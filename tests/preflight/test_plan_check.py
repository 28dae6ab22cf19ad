"""The plan is judged by the rules of the model that was identified."""

from dataclasses import replace

import pytest

from compat.identify.model import Identification, Traits
from compat.plan.model import PicturePlan, VideoPlan, WindowPlan
from runners.preflight.plan_check import check_plan, picture_rule

WAN = Traits(
    pipeline="WanPipeline",
    space_multiple=16,
    frame_step=4,
    frame_offset=1,
    min_side=64,
    fps=16.0,
    steps=50,
    guidance=5.0,
    picture=None,
    needs=(),
)
ANIMATEDIFF = replace(
    WAN,
    pipeline="AnimateDiffPipeline",
    space_multiple=8,
    frame_step=1,
    frame_offset=0,
    max_frames=32,
)


def known_as(context, traits):
    context.notes.identification = Identification(
        id="x", family="x", variant="", role="", traits=traits
    )
    return context


def with_plan(context, **changes):
    job = replace(context.job, plan=replace(context.job.plan, **changes))
    return replace(context, job=job)


def high(answer):
    return [f.place.path for f in answer.findings if f.severity.value == "high"]


def test_a_legal_plan_is_silent_and_measured(context):
    answer = check_plan(context)
    assert high(answer) == []
    assert answer.measures["frames"] == 250


def test_an_illegal_window_is_a_finding(context):
    assert high(check_plan(with_plan(context, window=WindowPlan(frames=32)))) == ["window.frames"]


def test_without_an_identification_the_rule_is_ltx(context):
    assert picture_rule(context).frame_step == 8


@pytest.mark.parametrize(
    ("traits", "frames", "wrong"),
    [(WAN, 13, 14), (ANIMATEDIFF, 16, 33)],
    ids=["wan takes 4n+1", "animatediff takes up to 32"],
)
def test_the_picture_follows_the_models_own_rule(context, traits, frames, wrong):
    context = known_as(context, traits)

    def verdict(count):
        picture = PicturePlan(width=64, height=64, frames=count, steps=4)
        return high(check_plan(with_plan(context, picture=picture)))

    assert verdict(frames) == []
    assert verdict(wrong) == ["picture.frames"]


def test_a_wan_plan_takes_sides_of_sixteen(context):
    odd = VideoPlan(width=80, height=80)
    assert high(check_plan(with_plan(known_as(context, WAN), video=odd))) == []
    assert high(check_plan(with_plan(known_as(context, None), video=odd))) == [
        "video.width",
        "video.height",
    ]


def test_an_output_that_exists_is_mentioned(context, rules):
    assert "output-exists" not in rules(check_plan(context))
    context.job.output.write_bytes(b"old")
    assert "output-exists" in rules(check_plan(context))
