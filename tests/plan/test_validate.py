"""Every rule fires on its mistake, names a nearest legal value, and stays silent otherwise."""

import itertools
import math
from dataclasses import replace

import pytest

from compat.core.job import Waiver
from compat.core.model import Severity
from compat.plan.geometry import PictureRule
from compat.plan.limits import LIMITS
from compat.plan.model import (
    ModelPlan,
    OutputPlan,
    PicturePlan,
    PromptAt,
    RenderPlan,
    SamplingPlan,
    VideoPlan,
    WindowPlan,
)
from compat.plan.template import EXAMPLE
from compat.plan.validate import RULES, is_legal, violations

LONG = "word " * 91


def with_(**tables):
    return replace(EXAMPLE, **tables)


def prompts(*times):
    return tuple(PromptAt(at=at, text=f"prompt {at}") for at in times)


BAD = [
    ("video-width-range", "video.width", with_(video=VideoPlan(width=9000)), "8192"),
    ("video-height-range", "video.height", with_(video=VideoPlan(height=0)), "1"),
    ("video-fps-range", "video.fps", with_(video=VideoPlan(fps=0.0)), "to 1"),
    ("video-fps-range", "video.fps", with_(video=VideoPlan(fps=math.nan)), "1 to 60"),
    ("video-seconds-range", "video.seconds", with_(video=VideoPlan(seconds=-1)), "0.04"),
    ("video-seconds-range", "video.seconds", with_(video=VideoPlan(seconds=math.inf)), "86400"),
    ("window-frames-range", "window.frames", with_(window=WindowPlan(frames=1)), "9"),
    ("window-overlap-range", "window.overlap", with_(window=WindowPlan(overlap=0)), "1"),
    ("window-adain-range", "window.adain", with_(window=WindowPlan(adain=1.5)), "1"),
    ("sampling-steps-range", "sampling.steps", with_(sampling=SamplingPlan(steps=0)), "1"),
    (
        "sampling-guidance-range",
        "sampling.guidance",
        with_(sampling=SamplingPlan(guidance=31)),
        "30",
    ),
    ("sampling-seed-range", "sampling.seed", with_(sampling=SamplingPlan(seed=-1)), "0"),
    ("picture-width-range", "picture.width", with_(picture=PicturePlan(width=-32, height=64)), "0"),
    ("picture-height-range", "picture.height", with_(picture=PicturePlan(height=-1)), "0"),
    ("picture-frames-range", "picture.frames", with_(picture=PicturePlan(frames=3000)), "2001"),
    ("picture-steps-range", "picture.steps", with_(picture=PicturePlan(steps=-1)), "0"),
    ("output-crf-range", "output.crf", with_(output=OutputPlan(crf=52)), "51"),
    ("model-path", "model.path", with_(model=ModelPlan(path=" ")), "embedded"),
    ("model-device", "model.device", with_(model=ModelPlan(device="gpu")), "'cuda'"),
    ("model-device", "model.device", with_(model=ModelPlan(device="cuda:x")), "cuda"),
    ("model-dtype", "model.dtype", with_(model=ModelPlan(dtype="bf16")), "'bfloat16'"),
    ("model-dtype", "model.dtype", with_(model=ModelPlan(dtype="int3")), "float32"),
    ("model-offload", "model.offload", with_(model=ModelPlan(offload="models")), "'model'"),
    (
        "offload-needs-accelerator",
        "model.offload",
        with_(model=ModelPlan(device="cpu", offload="model")),
        "'none'",
    ),
    ("float16-overflow", "model.dtype", with_(model=ModelPlan(dtype="float16")), "'bfloat16'"),
    ("size-multiple", "video.width", with_(video=VideoPlan(width=720)), "704 or 736"),
    ("size-multiple", "video.height", with_(video=VideoPlan(height=32)), "64"),
    ("size-beyond-positions", "video.width", with_(video=VideoPlan(width=2080)), "2048"),
    (
        "picture-size",
        "picture.frames",
        with_(picture=PicturePlan(width=64, height=64, frames=16)),
        "9 or 17",
    ),
    ("picture-size", "picture.height", with_(picture=PicturePlan(width=64, height=60)), "64"),
    (
        "picture-half-given",
        "picture.height",
        with_(picture=PicturePlan(width=64)),
        "picture.height",
    ),
    ("window-frames", "window.frames", with_(window=WindowPlan(frames=32)), "25 or 33"),
    ("overlap-frames", "window.overlap", with_(window=WindowPlan(overlap=10)), "9 or 17"),
    ("overlap-frames", "window.overlap", with_(window=WindowPlan(overlap=33)), "25"),
    ("overlap-frames", "window.overlap", with_(window=WindowPlan(overlap=30)), "25"),
    (
        "window-beyond-positions",
        "window.frames",
        with_(window=WindowPlan(frames=481), video=VideoPlan(fps=24, seconds=60)),
        "473",
    ),
    (
        "too-many-windows",
        "video.seconds",
        with_(window=WindowPlan(frames=9, overlap=1), video=VideoPlan(seconds=4000)),
        "3200",
    ),
    (
        "token-volume",
        "window.frames",
        with_(
            window=WindowPlan(frames=497, overlap=49),
            video=VideoPlan(width=832, height=480, seconds=60),
        ),
        "297",
    ),
    ("thin-context", "window.overlap", with_(window=WindowPlan(frames=97, overlap=9)), "17"),
    ("thin-context", "window.overlap", with_(window=WindowPlan(frames=33, overlap=1)), "9"),
    ("overlap-heavy", "window.overlap", with_(window=WindowPlan(frames=33, overlap=25)), "9"),
    (
        "window-longer-than-video",
        "window.frames",
        with_(video=VideoPlan(seconds=0.5), prompts=prompts(0)),
        "17",
    ),
    ("sigmas-range", "sampling.sigmas[0]", with_(sampling=SamplingPlan(sigmas=(1.5, 0.5))), "1.0"),
    ("sigmas-range", "sampling.sigmas[0]", with_(sampling=SamplingPlan(sigmas=(0.0,))), "0.0"),
    ("sigmas-range", "sampling.sigmas[1]", with_(sampling=SamplingPlan(sigmas=(1, 0, 0.5))), "1.0"),
    (
        "sigmas-descending",
        "sampling.sigmas[2]",
        with_(sampling=SamplingPlan(sigmas=(1, 0.5, 0.6))),
        "sort",
    ),
    (
        "sigmas-start",
        "sampling.sigmas[0]",
        with_(sampling=SamplingPlan(sigmas=(0.909375, 0.725, 0.421875, 0), steps=3)),
        "1.0",
    ),
    ("steps-unused", "sampling.steps", with_(sampling=SamplingPlan(sigmas=(1, 0.5, 0))), "to 2"),
    (
        "negative-prompt-unused",
        "sampling.negative_prompt",
        with_(sampling=SamplingPlan(negative_prompt="blur", guidance=1)),
        "above 1",
    ),
    ("prompts-missing", "prompts", with_(prompts=()), "[[prompts]]"),
    ("prompt-empty", "prompts[0].text", with_(prompts=(PromptAt(at=0, text=" "),)), "describe"),
    ("prompt-time", "prompts[1].at", with_(prompts=prompts(0, math.nan)), "0 or more"),
    ("prompt-time", "prompts[0].at", with_(prompts=prompts(-1)), "0 or more"),
    ("prompts-first", "prompts[0].at", with_(prompts=prompts(2)), "0.0"),
    ("prompts-order", "prompts[2].at", with_(prompts=prompts(0, 4, 2)), "sort"),
    ("prompts-order", "prompts[1].at", with_(prompts=prompts(0, 0)), "sort"),
    ("prompt-beyond-end", "prompts[1].at", with_(prompts=prompts(0, 10)), "earlier"),
    ("prompt-lost", "prompts[1].at", with_(prompts=prompts(0, 2.8, 3.0)), "0.96 s apart"),
    (
        "prompt-shifted",
        "prompts[1].at",
        with_(
            prompts=prompts(0, 75),
            window=WindowPlan(frames=497, overlap=49),
            video=VideoPlan(seconds=180),
        ),
        "71.68",
    ),
    ("prompt-long", "prompts[0].text", with_(prompts=(PromptAt(at=0, text=LONG),)), "shorten"),
    ("output-suffix", "output.path", with_(output=OutputPlan(path="a/film.mov")), "film.mp4"),
    ("output-suffix", "output.path", with_(output=OutputPlan(path="film")), "film.mp4"),
    ("output-suffix", "output.path", with_(output=OutputPlan(path="")), "render.mp4"),
    ("output-suffix", "output.path", with_(output=OutputPlan(path="films/")), "render.mp4"),
    (
        "waiver-reason",
        "waivers[0].reason",
        with_(waivers=(Waiver(rule="token-volume", reason=" "),)),
        "sentence",
    ),
    ("waiver-rule", "waivers[0].rule", with_(waivers=(Waiver(rule="", reason="so"),)), "copy"),
    (
        "waiver-rule",
        "waivers[1].rule",
        with_(waivers=(Waiver(rule="files", reason="so"), Waiver(rule="files", reason="so"))),
        "one waiver",
    ),
]

GOOD = {
    "the example": EXAMPLE,
    "a production with LTX 2.3 in 832 x 448": with_(
        video=VideoPlan(width=832, height=448, seconds=180),
        window=WindowPlan(frames=497, overlap=49),
        prompts=prompts(0, 71.68),
    ),
    "distilled sigmas": with_(
        sampling=SamplingPlan(
            steps=8,
            guidance=1.0,
            sigmas=(1, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0),
        )
    ),
    "the largest seed and a numbered device": with_(
        sampling=SamplingPlan(seed=2**63 - 1),
        model=ModelPlan(device="cuda:1", dtype="bfloat16", offload="sequential"),
    ),
    "capital suffix and a waiver": with_(
        output=OutputPlan(path="FILM.MP4", crf=0),
        waivers=(Waiver(rule="token-volume", reason="seen to work at this size"),),
    ),
    "a window of 473 frames at 24 fps": with_(
        video=VideoPlan(fps=24, seconds=60),
        window=WindowPlan(frames=473, overlap=49),
        prompts=prompts(0),
    ),
}


@pytest.mark.parametrize(
    ("rule", "key", "plan", "nearest"), BAD, ids=[f"{b[0]}-{i}" for i, b in enumerate(BAD)]
)
def test_a_broken_rule_is_named_with_its_key_and_what_to_do(rule, key, plan, nearest):
    found = [f for f in violations(plan) if f.rule == rule and f.place.path == key]
    assert len(found) == 1, violations(plan)
    assert nearest in found[0].remedy
    assert key.split("[")[0].split(".")[0] in found[0].message
    assert found[0].place.kind == "plan"


def test_every_rule_has_a_case_where_it_fires():
    assert {rule.id for rule in RULES} == {case[0] for case in BAD}


def test_rule_ids_are_unique_and_every_rule_is_documented():
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert [rule.id for rule in RULES if not rule.doc] == []


@pytest.mark.parametrize("plan", GOOD.values(), ids=GOOD.keys())
def test_good_plans_are_legal_without_worse_than_low_advice(plan):
    assert [f for f in violations(plan) if f.severity.rank > Severity.LOW.rank] == []


def test_the_example_draws_no_finding_at_all():
    assert violations(EXAMPLE) == ()


def test_all_mistakes_are_told_at_once_and_the_worst_first():
    plan = with_(
        video=VideoPlan(width=700, height=50, fps=200),
        window=WindowPlan(frames=100, overlap=200),
        model=ModelPlan(device="tpu", dtype="float16"),
        output=OutputPlan(path="x.avi", crf=99),
    )
    found = violations(plan)
    assert {f.place.path for f in found if f.severity is Severity.HIGH} == {
        "video.width",
        "video.height",
        "video.fps",
        "window.frames",
        "window.overlap",
        "model.device",
        "output.path",
        "output.crf",
    }
    ranks = [f.severity.rank for f in found]
    assert ranks == sorted(ranks, reverse=True)
    assert not is_legal(found)


def test_a_number_out_of_range_is_said_once_and_nothing_is_computed_from_it():
    found = violations(with_(video=VideoPlan(fps=math.nan)))
    assert [f.rule for f in found] == ["video-fps-range"]


def test_unreadable_keys_are_left_in_peace():
    plan = with_(window=WindowPlan(frames=33, overlap=97))
    assert violations(plan, unreadable={"window.frames"}) == ()


def test_advice_leaves_a_plan_legal():
    found = violations(with_(model=ModelPlan(dtype="float16")))
    assert [f.rule for f in found] == ["float16-overflow"]
    assert is_legal(found)


def test_the_picture_of_wan_follows_the_rule_of_wan():
    wan = PictureRule(space_multiple=16, frame_step=4, min_side=16)
    plan = with_(
        video=VideoPlan(width=848, height=480),
        picture=PicturePlan(width=240, height=240, frames=21),
    )
    assert [f.place.path for f in violations(plan)] == [
        "video.width",
        "picture.width",
        "picture.height",
        "picture.frames",
    ]
    assert violations(plan, wan) == ()


def test_the_picture_of_animatediff_ends_at_its_positions():
    rule = PictureRule(space_multiple=8, frame_step=1, frame_offset=0, max_frames=32)
    plan = with_(picture=PicturePlan(width=256, height=256, frames=33))
    found = violations(plan, rule)
    assert [f.remedy for f in found] == ["set picture.frames to 32"]
    assert "at most 32" in found[0].message


WILD = [math.nan, math.inf, -math.inf, -1, 0, 1, 7, 2**63 - 1, 1e300]


@pytest.mark.parametrize("key", LIMITS)
@pytest.mark.parametrize("value", WILD)
def test_no_number_breaks_the_rules_themselves(key, value):
    table, name = key.split(".")
    plan = replace(EXAMPLE, **{table: replace(getattr(EXAMPLE, table), **{name: value})})
    violations(plan)


def test_no_pair_of_window_numbers_breaks_the_rules_themselves():
    for frames, overlap in itertools.product(range(-1, 60), range(-1, 60)):
        plan = with_(window=WindowPlan(frames=frames, overlap=overlap))
        legal = frames >= 9 and frames % 8 == 1 and 1 <= overlap < frames and overlap % 8 == 1
        assert is_legal(violations(plan)) == legal, (frames, overlap)


def test_a_plan_without_anything_lacks_only_prompts():
    assert [f.rule for f in violations(RenderPlan())] == ["prompts-missing"]
