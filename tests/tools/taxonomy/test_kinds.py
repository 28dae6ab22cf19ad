"""Every kind's generator spoils several bases, the same by seed, and the judge says as recorded.

The verdicts are those of ``tools/taxonomy/verdicts.json``, which ``python -m tools.taxonomy``
measures: a kind that is said to be unseen and is seen now fails here as stale, as does a kind that
is said to be stopped and passes.
"""

import numpy as np
import pytest

from tools.taxonomy.cases import base_clip, cases_of, spoilt
from tools.taxonomy.entries import entries
from tools.taxonomy.kinds import KINDS, Label, Via
from tools.taxonomy.verdicts import Seen, recorded, seen, verdicts_of

# Recorded as text by the run; the claims below are ours and outlive any run.
ALWAYS_STOPPED = [
    name
    for name, kind in KINDS.items()
    if kind.family in ("flat", "noise_px") and name not in ("blurred_away", "edges_only")
] + ["lat_pure_noise", "lat_half_denoised", "brightness_jumps", "then_noise"]
FALSE_STOPS = {"good_confetti", "good_grain", "good_mosaic"}
RANK = ["good", "suspect", "garbage"]


def grouped(names):
    """Keep what is made of one kind in one worker."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(f"kind-{name}")) for name in names]


def two_cases(kind):
    """The first and the last: another scene, and for latents another autoencoder."""
    cases = cases_of(kind)
    return (cases[0], cases[-1])


def here(cases):
    """Those that this machine can make."""
    if any(case.needs_torch for case in cases):
        pytest.importorskip("torch")
        pytest.importorskip("diffusers")
    return cases


@pytest.fixture(scope="module", params=grouped(KINDS))
def kind(request):
    return KINDS[request.param]


@pytest.fixture(scope="module")
def clips(kind):
    return [(base_clip(case.base, case.seed), spoilt(kind, case)) for case in here(two_cases(kind))]


def test_it_is_a_clip_or_a_file(kind, clips):
    for base, made in clips:
        if kind.via is Via.FILE:
            assert isinstance(made, bytes)
            continue
        assert (made.dtype, made.ndim, made.shape[-1]) == (np.uint8, 4, 3)
        assert min(made.shape[1:3]) >= 32
        assert 3 <= len(made) <= len(base)


def test_it_can_be_told_from_the_right_clip(kind, clips):
    if kind.name == "good_plain":
        return
    for base, made in clips:
        if kind.via is Via.FILE:
            assert len(made) < base.nbytes
        elif made.shape == base.shape:
            assert np.abs(made.astype(int) - base).max() >= 20


def test_the_base_is_left_as_it_was(kind):
    case = cases_of(kind)[0]
    before = base_clip(case.base, case.seed).copy()
    spoilt(kind, case)
    np.testing.assert_array_equal(base_clip(case.base, case.seed), before)


def test_the_same_seed_makes_the_same(kind, clips):
    again = spoilt(kind, two_cases(kind)[0])
    if isinstance(again, bytes):
        assert again == clips[0][1]
    else:
        np.testing.assert_array_equal(again, clips[0][1])


def test_the_judge_says_what_the_page_says(kind):
    order, told = entries()[kind.name].expect, recorded()[kind.name]
    cases = here(two_cases(kind))
    kept = {(one.base, one.seed): one for one in told}
    for now in verdicts_of(kind, order, cases):
        before = kept[now.base, now.seed]
        stale = f"{kind.name} on {now.base}: {before.verdict} is recorded, {now.verdict} is found"
        if before.close or now.close:
            ranks = [RANK.index(one.verdict) for one in (before, now)]
            assert abs(ranks[0] - ranks[1]) <= 1, stale
        else:
            assert now.verdict == before.verdict, stale
        assert now.ordered == before.ordered, f"{stale} (with {order})"


@pytest.mark.parametrize("name", ALWAYS_STOPPED)
def test_what_has_no_picture_is_always_stopped(name):
    assert seen(recorded()[name]) is Seen.STOPPED


def test_no_look_alike_is_stopped_but_those_named():
    stopped = {
        name
        for name, verdicts in recorded().items()
        if KINDS[name].label is Label.GOOD and any(one.verdict == "garbage" for one in verdicts)
    }
    assert stopped <= FALSE_STOPS
