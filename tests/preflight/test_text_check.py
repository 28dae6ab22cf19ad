"""Texts are numbers that differ between prompts and tokens, and masks hide what they say."""

from dataclasses import replace

import numpy as np
import pytest

from runners.engines.evidence import MaskAnswer
from runners.engines.messages import MasksAnswer
from runners.preflight.context import UndecidedError
from runners.preflight.smoke_check import check_smoke
from runners.preflight.text_check import check_text, mask_findings, number_findings
from tests.preflight.conftest import CLIP


def test_healthy_texts_are_silent_and_measured(context, rules):
    check_smoke(context)
    answer = check_text(context)
    assert rules(answer) == []
    assert answer.measures["prompt_distance"]["text_encoder"] > 1
    assert answer.measures["mask_change"] == {"transformer": 0.0}


def test_an_encoder_that_gives_the_same_for_two_prompts_is_named(context, rules):
    context.engine.texts = lambda request: {
        "text_encoder": context.engine.latents(request)[0, :, 0],
        "text_encoder_2": np.ones((8, 4), np.float32),
    }
    check_smoke(context)
    answer = check_text(context)
    assert rules(answer) == ["text-ignores-prompt"]
    assert "text_encoder_2" in answer.findings[0].message


def test_without_a_text_encoder_it_is_undecided(context):
    context.engine.answer = replace(context.engine.answer, texts=())
    with pytest.raises(UndecidedError, match="no text encoder"):
        check_text(context)


def test_without_the_smoke_checks_texts_the_rest_is_still_asked(context, rules):
    answer = check_text(context)
    assert rules(answer) == []
    assert answer.measures["prompt_distance"] == {}


@pytest.mark.parametrize(
    ("sick", "rule"),
    [
        ({"non_finite": 3}, "text-not-finite"),
        ({"token_spread": 1e-6}, "text-constant"),
        ({"token_spread": None, "std": 0.0}, "text-constant"),
    ],
)
def test_numbers_that_no_encoder_gives_are_named(sick, rule):
    assert [f.rule for f in number_findings((replace(CLIP.texts[0], **sick),))] == [rule]


def test_a_prompt_of_one_token_is_no_constant():
    text = replace(CLIP.texts[0], tokens=1, token_spread=None)
    assert list(number_findings((text,))) == []


def test_a_mask_that_hides_nothing_from_anybody_is_named(context, rules):
    leaky = MaskAnswer(part="text_encoder", masked=40, change=0.02, epsilon=1e-7)
    context.engine.masked = MasksAnswer(parts=(leaky,))
    answer = check_text(context)
    assert rules(answer) == ["mask-ignored"]
    assert "40 masked tokens" in answer.findings[0].message
    unhidden = MaskAnswer(part="transformer", masked=0, padding=120, reason="it hides nothing")
    assert [finding.rule for finding in mask_findings((unhidden,))] == ["padding-not-masked"]
    rounding = replace(leaky, change=1e-6)
    unasked = replace(leaky, change=None, reason="it is called without a mask")
    assert list(mask_findings((rounding, unasked))) == []
