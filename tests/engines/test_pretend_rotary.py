"""Rotary positions in 64 bits a number, as Wan had them to diffusers 0.33, are flagged on MPS."""

import pytest

pytest.importorskip("torch")

import torch  # noqa: TID253 - this file is collected only where torch is

from compat.predict.model import Asked, Seen
from compat.predict.predict import predict
from runners.engines.pretend.functions import Functions
from runners.engines.pretend.operations import Operations
from runners.engines.pretend.patches import present
from runners.engines.pretend.state import State

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("pretend")]

PLACES, WIDTH = 6, 8


def turned(picture, *, wide):
    """Turn pairs of values by their place: with a table and factors of 64 bits, or of 32.

    The steps are those of diffusers' Wan to 0.33 (a complex128 table made on the CPU and moved,
    queries made float64 and then complex) and since 0.34 (32 bits on devices without more).
    """
    real = torch.float64 if wide else torch.float32
    angles = torch.outer(torch.arange(PLACES), torch.linspace(0, 1, WIDTH // 2)).to(real)
    table = torch.polar(torch.ones_like(angles), angles).to(picture.device)
    pairs = torch.view_as_complex(picture.to(real).unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * table).flatten(-2).type_as(picture)


def found_on(kind, *, wide, torch_version="2.8", **device):
    state = State(kind, real_size=False)
    with torch.no_grad(), present(kind, 8.9), Functions(state), Operations(state):
        state.ledger.enter("denoise")
        turned(torch.ones(1, 2, PLACES, WIDTH).to(kind).to(torch.bfloat16), wide=wide)
    seen = Seen(size="tiny", ops=tuple(state.recorder.ops()), calls=state.recorder.calls)
    asked = Asked(kind=kind, torch=torch_version, **device)
    return [one for one in predict([seen], asked).findings if one.rule == "dtype-not-stored"]


@pytest.mark.parametrize("version", ["2.4", "2.6", "2.8", "2.13", "2.15"])
def test_64_bits_are_flagged_in_every_version_at_the_lines_that_make_them(version):
    found = found_on("mps", wide=True, torch_version=version, macos="15.2", chip="M3")
    assert {finding.evidence["dtype"] for finding in found} == {"C128", "F64"}
    assert {finding.evidence["expected"] for finding in found} == {"fails"}
    for finding in found:
        assert finding.place.path.endswith("test_pretend_rotary.py")
        assert "take a newer diffusers" in finding.remedy


@pytest.mark.parametrize("version", ["2.4", "2.8", "2.15"])
def test_32_bits_are_not_flagged(version):
    assert found_on("mps", wide=False, torch_version=version, macos="15.2", chip="M3") == []


def test_a_card_holds_64_bits():
    assert found_on("cuda", wide=True, capability=8.9) == []
