"""Each operation probe is green on the processor and red where the operation is broken."""

import pytest

from compat.core.model import Outcome
from compat.knowledge import match
from probes.numerics import on_host

torch = pytest.importorskip("torch")

CONVOLUTION = ("convolution", "_slow_conv3d_forward", "mkldnn_convolution")
ATTENTION = (
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_attention_math",
    "scaled_dot_product_attention",
    "bmm",
)
PROBES = {
    "torch-conv3d-contiguous": CONVOLUTION,
    "torch-conv3d-channels-last": CONVOLUTION,
    "torch-sdpa-permuted": ATTENTION,
    "torch-linear-noncontiguous": ("addmm", "mm", "linear"),
    "torch-pad-temporal": ("constant_pad_nd",),
    "torch-group-norm-video": ("native_group_norm", "group_norm"),
}


def zeroed(tensor):
    return torch.zeros_like(tensor)


def last_column_lost(tensor):
    changed = tensor.clone()
    changed[..., -1] = 0
    return changed


def strides_ignored(tensor):
    """As if a permuted result had been written in memory order."""
    return tensor.reshape(tensor.shape[::-1]).permute(*range(tensor.dim() - 1, -1, -1))


def rolled(tensor):
    return tensor.roll(1, dims=1)


def overflowed(tensor):
    changed = tensor.clone()
    changed[(0,) * tensor.dim()] = float("inf")
    return changed


def two_percent_off(tensor):
    return tensor * 1.02


def widened(tensor):
    return tensor.to(torch.float64)


DAMAGES = (zeroed, last_column_lost, rolled, overflowed, two_percent_off, widened)


@pytest.mark.parametrize("name", PROBES)
def test_the_probe_is_green_on_the_processor(ask, name):
    asked = ask(name)
    assert asked.outcome is Outcome.PASS, asked.text
    assert any(key.startswith("error_eps") for key in asked.measures)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", PROBES)
def test_the_probe_is_red_where_the_operation_is_broken(ask, broken, name, damage):
    with broken(*PROBES[name], damage=damage) as fault:
        asked = ask(name)
    assert fault.hits
    assert asked.outcome is Outcome.FAIL, asked.text
    assert asked.rules == {"operation-wrong"}


@pytest.mark.parametrize(
    ("name", "entry", "words"),
    [
        ("torch-sdpa-permuted", "mps-sdpa-noncontiguous", "permuted inputs"),
        ("torch-linear-noncontiguous", "mps-linear-noncontiguous", "noncontiguous weight"),
        ("torch-pad-temporal", "mps-pad-temporal", "pad of a 5-D tensor"),
        ("torch-conv3d-contiguous", "mps-conv3d-contiguous", "contiguous layout"),
        ("torch-conv3d-channels-last", "mps-conv3d-channels-last", "channels_last_3d"),
    ],
)
def test_the_reported_fault_is_told_in_words_that_the_knowledge_base_knows(
    ask, broken, name, entry, words
):
    with broken(*PROBES[name], damage=zeroed):
        asked = ask(name)
    told = [finding.message for finding in asked.findings if words in finding.message]
    assert told
    for message in told:
        assert entry in [failure.id for failure in match(message)]


def test_attention_that_reads_a_permuted_view_as_contiguous_is_seen(ask, monkeypatch):
    attend = torch.nn.functional.scaled_dot_product_attention

    def careless(query, key, value):
        if query.dtype is torch.float64:
            return attend(query, key, value)
        flat = [t.as_strided(t.shape, t.contiguous().stride()) for t in (query, key, value)]
        return attend(*flat)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", careless)
    asked = ask("torch-sdpa-permuted")
    assert asked.outcome is Outcome.FAIL
    assert not any("with contiguous inputs" in finding.message for finding in asked.findings)


def test_padding_that_fails_only_beyond_the_16_bit_size_is_seen(ask, monkeypatch):
    pad = torch.nn.functional.pad

    def wraps(frames, amounts):
        result = pad(frames, amounts)
        large = frames.shape[-1] * frames.shape[-2] >= 2**16 and frames.dtype is not torch.float64
        return result.roll(1, dims=2) if large else result

    monkeypatch.setattr(torch.nn.functional, "pad", wraps)
    asked = ask("torch-pad-temporal")
    assert asked.outcome is Outcome.FAIL
    assert all("272x256" in finding.message for finding in asked.findings)


def test_a_refusal_is_a_fail_with_the_words_of_the_library(ask, monkeypatch):
    def refuse(*_arguments, **_options):
        raise NotImplementedError("The operator 'aten::conv3d' is not currently implemented")

    monkeypatch.setattr(torch.nn.functional, "group_norm", _unless_double(refuse))
    asked = ask("torch-group-norm-video")
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"operation-refused"}
    assert "NotImplementedError: The operator 'aten::conv3d'" in asked.text


def test_a_lack_of_memory_is_no_answer(ask, monkeypatch):
    def exhaust(*_arguments, **_options):
        raise RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)")

    monkeypatch.setattr(torch.nn.functional, "group_norm", _unless_double(exhaust))
    assert ask("torch-group-norm-video").outcome is Outcome.ERROR


def _unless_double(action):
    original = torch.nn.functional.group_norm

    def chosen(frames, *rest):
        return (original if frames.dtype is torch.float64 else action)(frames, *rest)

    return chosen


def test_a_strided_copy_back_that_is_wrong_does_not_blame_the_operation(broken):
    # The probe copies the flat storage, so what a device does to a strided copy plays no part.
    view = torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1)
    with broken("clone", "copy_", damage=strides_ignored):
        copy = on_host(view)
    assert copy.stride() == view.stride()
    assert torch.equal(copy, view)
