"""A model that cannot find its own clip again is stopped; what could not be asked is no pass."""

from dataclasses import replace

import pytest

from runners.engines.evidence import OwnPictureAnswer
from runners.preflight.clip_request import clip_request
from runners.preflight.context import UndecidedError
from runners.preflight.own_picture_check import check_own_picture


@pytest.fixture
def drawn(context):
    """A context whose picture was drawn."""
    request = clip_request(context, "picture", steps=4)
    context.notes.clips.append((request, context.engine.clip(request)))
    return context


def answer(*ratios):
    return OwnPictureAnswer(shares=(0.75, 0.6, 0.45)[: len(ratios)], ratios=ratios)


@pytest.mark.parametrize("ratios", [(0.1, 0.2, 0.3), (0.99, 0.5, 0.4)])
def test_better_than_a_straight_line_is_silent(drawn, rules, ratios):
    drawn.engine.own = answer(*ratios)
    assert rules(check_own_picture(drawn)) == []


@pytest.mark.parametrize("ratios", [(1.2, 0.5, 0.4), (0.9, 30.0, 0.4), (0.5, 0.6, float("inf"))])
def test_worse_at_any_level_is_named_with_the_level(drawn, rules, ratios):
    drawn.engine.own = answer(*ratios)
    found = check_own_picture(drawn)
    assert rules(found) == ["own-picture-not-found"]
    worst = ratios.index(max(ratios))
    assert f"under {(0.75, 0.6, 0.45)[worst]:.0%} of noise" in found.findings[0].message


def test_the_numbers_are_kept_as_evidence(drawn):
    drawn.engine.own = answer(0.1, 0.2)
    assert check_own_picture(drawn).measures == {
        "noise_shares": [0.75, 0.6],
        "error_ratios": [0.1, 0.2],
    }


def test_what_was_not_asked_is_undecided(drawn):
    drawn.engine.own = OwnPictureAnswer(reason="the pipeline's VAE cannot encode")
    with pytest.raises(UndecidedError, match="cannot encode"):
        check_own_picture(drawn)


def test_without_a_picture_nothing_is_asked(context):
    request = replace(clip_request(context, "smoke", steps=2))
    context.notes.clips.append((request, context.engine.clip(request)))
    with pytest.raises(UndecidedError, match="no clip at a size"):
        check_own_picture(context)
