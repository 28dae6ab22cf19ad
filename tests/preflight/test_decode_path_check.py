"""The pipeline's frames are its VAE's; how far they may differ follows from the dtype."""

import pytest

from runners.engines.evidence import DecodePathAnswer
from runners.preflight.context import UndecidedError
from runners.preflight.decode_path_check import check_decode_path, limit_of

BFLOAT16 = 2.0**-7


@pytest.mark.parametrize("decibels", [46.0, 100.0])
def test_the_same_frames_are_silent(context, rules, decibels):
    context.engine.path = DecodePathAnswer(psnr=decibels, contrast=0.15, epsilon=BFLOAT16)
    assert rules(check_decode_path(context)) == []


@pytest.mark.parametrize("epsilon", [BFLOAT16, 2.0**-10, 2.0**-23])
def test_other_frames_are_named(context, rules, epsilon):
    context.engine.path = DecodePathAnswer(psnr=16.0, contrast=0.18, epsilon=epsilon)
    answer = check_decode_path(context)
    assert rules(answer) == ["decode-path-differs"]
    assert "16.0 dB" in answer.findings[0].message


def test_a_layout_that_nobody_knows_is_undecided(context):
    context.engine.path = DecodePathAnswer(reason="latents of the layout 1x8 are not known")
    with pytest.raises(UndecidedError, match="not known"):
        check_decode_path(context)


def test_the_limit_follows_dtype_and_contrast():
    coarse = limit_of(DecodePathAnswer(contrast=0.15, epsilon=BFLOAT16))
    fine = limit_of(DecodePathAnswer(contrast=0.15, epsilon=2.0**-23))
    assert 30 < coarse < 40 < fine < 55
    assert limit_of(DecodePathAnswer(contrast=0.0, epsilon=BFLOAT16)) == 0.0


def test_frames_that_a_rounding_explains_are_silent_and_kept_as_numbers(context, rules):
    context.engine.path = DecodePathAnswer(
        psnr=16.0, contrast=0.18, epsilon=BFLOAT16, handed=0.8, handed_psnr=61.0
    )
    answer = check_decode_path(context)
    assert rules(answer) == []
    assert answer.measures["handed_units"] == 0.8
    assert answer.measures["handed_psnr_db"] == 61.0


@pytest.mark.parametrize(
    ("handed", "handed_psnr"),
    [(4.1, 61.0), (0.8, 16.0), (None, 61.0), (0.8, None), (float("nan"), 61.0)],
    ids=["other latents", "other frames", "latents unseen", "frames unseen", "no number"],
)
def test_what_rounding_alone_does_not_explain_is_named(context, rules, handed, handed_psnr):
    context.engine.path = DecodePathAnswer(
        psnr=16.0, contrast=0.18, epsilon=BFLOAT16, handed=handed, handed_psnr=handed_psnr
    )
    assert rules(check_decode_path(context)) == ["decode-path-differs"]
