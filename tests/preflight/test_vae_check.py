"""A VAE gives a known clip back as it was; what it did to it is named."""

from dataclasses import replace

import pytest

from compat.core.model import Outcome
from compat.plan.model import PicturePlan
from runners.preflight.context import UndecidedError
from runners.preflight.vae_check import check_vae
from tests.preflight.conftest import GIVEN_BACK


def vouched(context):
    plan = replace(context.job.plan, picture=PicturePlan(width=96, height=96, frames=9, steps=4))
    return replace(context, job=replace(context.job, plan=plan))


def test_a_clip_that_comes_back_is_silent_and_measured(context, rules):
    answer = check_vae(context)
    assert (rules(answer), answer.outcome) == ([], None)
    assert answer.measures["psnr_db"] == 25.0
    assert context.engine.vae_asked.frames == 9


def test_a_vae_that_cannot_encode_is_undecided(context):
    context.engine.given_back = replace(GIVEN_BACK, reason="the pipeline's VAE cannot encode")
    with pytest.raises(UndecidedError, match="cannot encode"):
        check_vae(context)


@pytest.mark.parametrize(
    ("sick", "rule", "words"),
    [
        ({"non_finite": 3}, "vae-not-finite", "3 NaN"),
        (
            {"correlation": 0.4, "variants": (("mirrored", 0.95),)},
            "vae-layout", "mirrored: correlation 0.95",
        ),
        ({"latent_rms": 5.6}, "vae-config-scale", "size of 5.6"),
        ({"latent_rms": 0.19}, "vae-config-scale", "0.33 to 3"),
        ({"frame_psnr": (27.0, *(9.0,) * 8)}, "vae-frame-lost", "frame 1 of the known clip"),
        ({"repeat": 1.2}, "vae-not-repeatable", "1.2"),
        ({"tiled_psnr": 12.0}, "vae-tiles-differ", "12.0 dB"),
    ],
)  # fmt: skip
def test_what_it_did_to_the_clip_is_named(context, rules, sick, rule, words):
    context.engine.given_back = replace(GIVEN_BACK, **sick)
    answer = check_vae(context)
    assert rules(answer) == [rule]
    assert words in answer.findings[0].message


@pytest.mark.parametrize("lost", [{"correlation": 0.1}, {"correlation": None}])
def test_a_clip_that_is_lost_fails_where_somebody_vouches_for_the_model(context, rules, lost):
    context.engine.given_back = replace(GIVEN_BACK, variants=(("mirrored", 0.2),), **lost)
    answer = check_vae(vouched(context))
    assert (rules(answer), answer.outcome) == (["vae-clip-lost"], None)


def test_a_clip_that_is_lost_is_undecided_where_nobody_does(context):
    context.engine.given_back = replace(GIVEN_BACK, correlation=0.1, variants=(("mirrored", 0.2),))
    answer = check_vae(context)
    assert answer.outcome is Outcome.SKIP
    assert "nobody vouches" in answer.reason


def test_a_small_lead_of_a_variant_is_no_layout(context, rules):
    context.engine.given_back = replace(
        GIVEN_BACK, correlation=0.77, variants=(("backwards in time", 0.78),)
    )
    assert rules(check_vae(context)) == []
