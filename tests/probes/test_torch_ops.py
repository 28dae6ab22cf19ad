"""Each operation probe is green on the processor and red where the operation is broken."""

import contextlib

import pytest

from compat.core.collect import collect
from compat.core.model import Outcome, Probe
from compat.knowledge import match
from probes import numerics
from probes.numerics import on_host
from tools.device_faults.bug import broken_backend
from tools.device_faults.every_bug import BUGS

torch = pytest.importorskip("torch")

ALL = collect("probes", Probe)
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
    "torch-activations-view": ("silu", "gelu", "elu", "softplus"),
    "torch-cast-view": ("_to_copy",),
    "torch-cat-rotated": ("cat", "stack"),
    "torch-complex-conjugate": ("view_as_real",),
    "torch-complex-rotary": ("view_as_real",),
    "torch-conv1d-strided": CONVOLUTION,
    "torch-conv2d-channel-slice": CONVOLUTION,
    "torch-conv2d-weight-slice": CONVOLUTION,
    "torch-gelu-large": ("gelu",),
    "torch-layer-norm-view": ("native_layer_norm",),
    "torch-linear-large-batch": ("addmm",),
    "torch-linear-repeated": ("mm",),
    "torch-matmul-large-inner": ("mm", "bmm"),
    "torch-pad-replicate-video": ("replication_pad3d",),
    "torch-patchify": ("clone", "pixel_unshuffle"),
    "torch-resize-bilinear": ("upsample_bilinear2d", "_upsample_bilinear2d_aa"),
    "torch-sdpa-causal": ATTENTION,
    "torch-sdpa-few-queries": ATTENTION,
    "torch-sdpa-large-scores": ATTENTION,
    "torch-sdpa-masks": ATTENTION,
    "torch-sdpa-prefill": ATTENTION,
    "torch-sdpa-value-width": ATTENTION,
    "torch-sdpa-wide-heads": ATTENTION,
    "torch-sort-view": ("sort",),
    "torch-sum-middle-axis": ("mean",),
    "torch-topk-many": ("topk",),
    "torch-upsample-video": ("upsample_nearest3d", "_upsample_nearest_exact3d"),
    "torch-where-view": ("where", "masked_fill"),
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
    return tensor.roll(1, dims=1 if tensor.shape[1] > 1 else 2)


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


# Those that no processor is asked, and one that takes seconds, are left to others.
OTHERS = {
    name
    for name, probe in ALL.items()
    if probe.family == "torch-ops" and "cpu" in probe.needs.devices and name not in PROBES
} - {"torch-matmul-large-output"}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_the_other_probes_are_green_on_the_processor(ask, name):
    asked = ask(name)
    assert asked.outcome is Outcome.PASS, asked.text


def one_more(numbers):
    return numbers + 1


def as_float32(numbers):
    return numbers.float().to(numbers.dtype)


def squared_in_half(squares):
    return squares.half().to(squares.dtype)


@pytest.mark.parametrize(
    ("name", "operation", "damage"),
    [
        ("torch-cumsum", "cumsum", one_more),
        ("torch-large-integers", "_unique2", as_float32),
        ("torch-large-integers", "mul", as_float32),
        ("torch-large-integers", "max", as_float32),
        ("torch-sum-middle-axis", "sum", zeroed),
        ("torch-matmul-large-output", "mm", zeroed),
        ("torch-rms-norm-large", "pow", squared_in_half),
        ("torch-rms-norm-large", "rsqrt", two_percent_off),
    ],
)
def test_the_other_probes_are_red_where_the_operation_is_broken(
    ask, broken_device, name, operation, damage
):
    with broken_device(operation, damage=damage) as fault:
        asked = ask(name)
    assert fault.hits
    assert asked.outcome is Outcome.FAIL, asked.text


@pytest.fixture
def broken_device(broken, monkeypatch):
    """Breaks what is computed on the device only: the reference of integers is the same call."""
    compute = numerics._computed

    @contextlib.contextmanager
    def here(operation, damage):
        mode = broken(operation, damage=damage)

        def damaged(*arguments):
            with mode:
                return compute(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(numerics, "_computed", damaged)
            yield mode

    return here


@pytest.fixture
def unwritten(broken):
    """Operations in place that return without having written."""

    class Unwritten(broken):
        def __init__(self, *names):
            super().__init__(*names, damage=None)

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if str(function).split(".")[1] in self.names and args[0].dtype is not torch.float64:
                self.hits += 1
                return args[0]
            return function(*args, **(kwargs or {}))

    return Unwritten


@pytest.mark.parametrize("operation", ["addcmul_", "addcdiv_", "copy_"])
def test_an_operation_in_place_that_writes_nowhere_is_seen(ask, unwritten, operation):
    with unwritten(operation) as fault:
        asked = ask("torch-in-place-view")
    assert fault.hits
    assert asked.rules == {"operation-wrong"}
    assert asked.outcome is Outcome.FAIL


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", PROBES)
def test_the_probe_is_red_where_the_operation_is_broken(ask, broken, name, damage):
    with broken(*PROBES[name], damage=damage) as fault:
        asked = ask(name)
    assert fault.hits
    assert asked.outcome is Outcome.FAIL, asked.text
    # A result of another dtype may be refused by the next operation.
    assert asked.rules <= {"operation-wrong", "operation-refused"}


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


@pytest.mark.parametrize(
    ("kind", "bug", "outcome"),
    [
        ("cpu", "products of float32 have the 10 bits of TF32", Outcome.FAIL),
        ("cuda", "products of float32 have the 10 bits of TF32", Outcome.PASS),
        ("cuda", "linear is 5 % off", Outcome.FAIL),
    ],
)
def test_float32_by_ten_bits_is_a_setting_on_cuda_and_a_fault_elsewhere(
    ask, monkeypatch, kind, bug, outcome
):
    monkeypatch.setattr(numerics, "torch_name", lambda _kind: "cpu")
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    with torch.inference_mode(), broken_backend(BUGS[bug], whole=False) as mode:
        asked = ask("torch-linear-noncontiguous", kind)
    assert mode.hits
    assert asked.outcome is outcome, asked.text
