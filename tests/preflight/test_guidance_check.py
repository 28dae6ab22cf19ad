"""Guidance and negative prompt move the latents, where the plan has them."""

from dataclasses import replace

import numpy as np
import pytest

from compat.plan.model import SamplingPlan
from runners.preflight.guidance_check import check_guidance
from runners.preflight.smoke_check import check_smoke


def guided(context, guidance):
    plan = replace(context.job.plan, sampling=SamplingPlan(guidance=guidance))
    return replace(context, job=replace(context.job, plan=plan))


def latents_of(*fields):
    """Latents that follow the seed and these fields of the request."""

    def latents(request):
        text = "|".join(str(getattr(request, field)) for field in ("prompt", *fields))
        generator = np.random.default_rng([request.seed, *text.encode()])
        return generator.standard_normal((1, 8, 2)).astype(np.float32)

    return latents


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        (("guidance", "negative_prompt"), []),
        (("guidance",), ["negative-prompt-ignored"]),
        (("negative_prompt",), ["guidance-ignored"]),
        ((), ["guidance-ignored", "negative-prompt-ignored"]),
    ],
)
def test_what_moves_nothing_is_named(context, rules, fields, found):
    context.engine.latents = latents_of(*fields)
    check_smoke(context)
    assert rules(check_guidance(context)) == found


def test_without_guidance_nothing_is_asked(context, rules):
    without = guided(context, 1.0)
    assert rules(check_guidance(without)) == []
    assert context.engine.clips == []


def test_a_model_whose_guidance_is_an_input_is_not_asked_for_its_negative(context, rules):
    context.engine.latents = latents_of("guidance")
    context.engine.answer = replace(context.engine.answer, denoiser_rows=1.0)
    check_smoke(context)
    assert rules(check_guidance(context)) == []


def test_nan_for_another_guidance_is_named(context, rules):
    healthy = context.engine.latents

    def latents(request):
        sick = np.nan if request.guidance == 2.0 else 1.0
        return healthy(request) * sick + request.guidance + len(request.negative_prompt)

    context.engine.latents = latents
    check_smoke(context)
    assert rules(check_guidance(context)) == ["non-finite-latents"]
