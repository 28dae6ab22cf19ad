"""Four tiny clips: what a healthy model passes and each insensitivity fails."""

from dataclasses import replace

import numpy as np
import pytest

from compat.plan.model import PromptAt, SamplingPlan
from runners.preflight.smoke_check import CONTRAST_PROMPTS, check_smoke, contrast_prompt


def with_prompts(context, *texts):
    prompts = tuple(PromptAt(at=float(n), text=text) for n, text in enumerate(texts))
    return replace(
        context, job=replace(context.job, plan=replace(context.job.plan, prompts=prompts))
    )


def test_a_healthy_model_is_silent_and_timed(context, rules):
    answer = check_smoke(context)
    assert rules(answer) == []
    assert len(context.engine.clips) == 4
    assert [bool(clip.frames_path) for clip in context.engine.clips] == [True, False, False, False]
    assert len(context.notes.clips) == 1
    assert answer.measures["repeat_distance"] == 0.0


def test_sick_numbers_end_it_at_once(context, rules):
    sick = replace(context.engine.answer.latents, non_finite=3)
    context.engine.answer = replace(context.engine.answer, latents=sick)
    assert rules(check_smoke(context)) == ["non-finite-latents"]
    assert len(context.engine.clips) == 1


def constant(_request):
    return np.ones((1, 8, 2, 2, 2), np.float32)


def by_seed_only(request):
    return np.random.default_rng(request.seed).standard_normal((1, 8, 2)).astype(np.float32)


def by_prompt_only(request):
    generator = np.random.default_rng(list(request.prompt.encode()))
    return generator.standard_normal((1, 8, 2)).astype(np.float32)


def restless():
    generator = np.random.default_rng(0)
    return lambda _request: generator.standard_normal((1, 8, 2)).astype(np.float32)


@pytest.mark.parametrize(
    ("latents", "found"),
    [
        (constant, ["seed-ignored", "prompt-ignored"]),
        (by_seed_only, ["prompt-ignored"]),
        (by_prompt_only, ["seed-ignored"]),
        (restless(), ["not-repeatable", "prompt-ignored"]),
    ],
)
def test_what_moves_nothing_is_named(context, rules, latents, found):
    context.engine.latents = latents
    assert rules(check_smoke(context)) == found


@pytest.mark.parametrize("other", ["seed", "prompt"])
def test_nan_for_another_seed_or_prompt_is_named(context, rules, other):
    healthy, first = context.engine.latents, context.job.plan

    def latents(request):
        values = healthy(request)
        changed = {"seed": request.seed != first.sampling.seed, "prompt": request.prompt != "a cat"}
        return values * np.nan if changed[other] else values

    context.engine.latents = latents
    assert rules(check_smoke(context)) == ["non-finite-latents"]


@pytest.mark.parametrize(
    ("prompts", "asked"),
    [
        (("a cat",), CONTRAST_PROMPTS[0]),
        (("a cat", "a cat", "a dog"), "a dog"),
        (("a cat", "A  Cat "), CONTRAST_PROMPTS[0]),
        ((CONTRAST_PROMPTS[0],), CONTRAST_PROMPTS[1]),
    ],
)
def test_the_contrast_is_never_the_prompt_itself(context, prompts, asked):
    assert contrast_prompt(with_prompts(context, *prompts)) == asked


def test_the_plans_sigmas_are_not_asked_of_two_steps(context):
    plan = replace(context.job.plan, sampling=SamplingPlan(sigmas=(1.0, 0.9, 0.7, 0.0)))
    check_smoke(replace(context, job=replace(context.job, plan=plan)))
    assert {clip.sigmas for clip in context.engine.clips} == {()}
