"""The limit follows what was measured for this model, and nothing else."""

import pytest

pytest.importorskip("torch")

import torch  # noqa: TID253 - has been checked for

from probes.renders.distance import FACTOR, apart, distances
from probes.renders.expected import Expected
from probes.renders.rendered import Rendered

pytestmark = pytest.mark.torch

NOISE = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def clip(offset, sound=None):
    return Rendered(latents=NOISE + offset, frames=NOISE - offset, sound=sound)


def found(offset, dtype="bfloat16", device="cpu", floor=0.01):
    by_hand = Expected(exact=clip(0), rounded=clip(floor), original=clip(0))
    return distances(clip(offset), by_hand, dtype, device)


def test_a_distance_is_a_share_of_what_varies():
    assert apart(NOISE + 5, NOISE + 4) == pytest.approx(1 / float(NOISE.std()), rel=0.01)
    assert apart(NOISE, NOISE) == 0


@pytest.mark.parametrize(("offset", "far"), [(0.0, False), (0.029, False), (0.031, True)])
def test_a_cell_may_be_three_floors_away(offset, far):
    assert FACTOR == 3
    assert [distance.too_far for distance in found(offset)] == [far, far]


def test_float32_is_held_to_its_own_eps():
    assert not any(d.too_far for d in found(1e-6, "float32"))
    assert all(d.too_far for d in found(1e-5, "float32"))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_no_number_is_too_far(bad):
    assert all(distance.too_far for distance in found(bad))


def test_another_shape_is_infinitely_far():
    assert apart(NOISE[1:], NOISE) == float("inf")


def test_sound_is_compared_where_there_is_any():
    by_hand = Expected(exact=clip(0, NOISE), rounded=clip(0.01, NOISE * 1.01), original=clip(0))
    assert [d.what for d in distances(clip(0, NOISE), by_hand, "bfloat16", "cpu")][2] == "sound"
    assert distances(clip(0), by_hand, "bfloat16", "cpu")[2].too_far


def test_convolutions_that_shorten_float32_are_granted_what_that_costs(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    granted = found(0, "float32", "cuda")[0].limit
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    assert granted == found(0, "float32", "cuda")[0].limit * 2**13
    assert found(0, "float32", "cpu")[0].limit == found(0, "float32", "cuda")[0].limit
