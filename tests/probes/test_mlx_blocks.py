"""Blocks computed in MLX agree with torch, and each way in which MLX could go wrong is seen."""

import pytest

from compat.core.model import Outcome, Severity
from compat.knowledge import match

mx = pytest.importorskip("mlx.core")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.xdist_group("mlx-blocks")

BLOCKS = ("mlx-ltx-block", "mlx-vae-conv-block")


@pytest.fixture(autouse=True)
def _needs_diffusers(request):
    if any(name in request.node.name for name in BLOCKS):
        pytest.importorskip("diffusers")


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_of_the_real_model_is_right_in_every_dtype(ask, name):
    asked = ask(name, "mlx")
    assert asked.outcome is Outcome.PASS, asked.text
    errors = [key for key in asked.measures if key.startswith("error_eps")]
    assert {key.rpartition(" ")[2] for key in errors} == {"float32", "float16", "bfloat16"}


@pytest.mark.parametrize("seed", [11, 12])
@pytest.mark.parametrize("name", BLOCKS)
def test_other_weights_are_no_false_alarm(ask, monkeypatch, name, seed):
    from probes.mlx_blocks import mlx_ltx_block, mlx_vae_conv_block

    for module in (mlx_ltx_block, mlx_vae_conv_block):
        for part in ("ltx_block", "block_inputs", "shortcut_block", "modulated_block"):
            if hasattr(module, part):
                real = getattr(module, part)
                monkeypatch.setattr(module, part, lambda _seed, real=real: real(seed))
    assert ask(name, "mlx").outcome is Outcome.PASS


def _last_token_lost(query, key, value, **options):
    return _attend(query, key[:, :, :-1], value[:, :, :-1], **options)


def _wrong_scale(query, key, value, scale):
    return _attend(query, key, value, scale=scale * 1.2)


def _large_epsilon(states, weight, _eps):
    return _rms_norm(states, weight, 0.1)


def _weight_ignored(states, _weight, eps):
    return _rms_norm(states, None, eps)


_attend, _rms_norm = mx.fast.scaled_dot_product_attention, mx.fast.rms_norm
_convolve, _layer_norm = mx.conv_general, mx.fast.layer_norm


def _kernel_backwards(states, kernel, padding):
    return _convolve(states, kernel[:, ::-1], padding=padding)


def _not_a_number(states, kernel, padding):
    return _convolve(states, kernel, padding=padding) * mx.nan


def _zeros_before_the_start(states, count, axis):
    return mx.zeros((*states.shape[:axis], count, *states.shape[axis + 1 :]), states.dtype)


def _norm_without_weight(states, _weight, _bias, eps):
    return _layer_norm(states, None, None, eps)


def _one_after_the_other(parts, axis):
    return mx.concatenate(parts, axis=axis)


FAULTS = [
    ("mlx-ltx-block", mx.fast, "scaled_dot_product_attention", _last_token_lost),
    ("mlx-ltx-block", mx.fast, "scaled_dot_product_attention", _wrong_scale),
    ("mlx-ltx-block", mx.fast, "scaled_dot_product_attention", lambda q, _k, _v, scale: q * scale),
    ("mlx-ltx-block", mx.fast, "rms_norm", _large_epsilon),
    ("mlx-ltx-block", mx.fast, "rms_norm", _weight_ignored),
    ("mlx-ltx-block", mx, "tanh", lambda x: x),
    ("mlx-ltx-block", mx, "addmm", lambda _bias, a, b: a @ b),
    ("mlx-ltx-block", mx, "stack", _one_after_the_other),
    ("mlx-vae-conv-block", mx, "conv_general", _kernel_backwards),
    ("mlx-vae-conv-block", mx, "conv_general", _not_a_number),
    ("mlx-vae-conv-block", mx, "repeat", _zeros_before_the_start),
    ("mlx-vae-conv-block", mx, "sigmoid", mx.tanh),
    ("mlx-vae-conv-block", mx.fast, "rms_norm", lambda x, _weight, _eps: x),
    ("mlx-vae-conv-block", mx.fast, "layer_norm", _norm_without_weight),
]


@pytest.mark.proves("mlx-ltx-block", "mlx-vae-conv-block")
@pytest.mark.parametrize(("name", "home", "function", "fault"), FAULTS)
def test_a_fault_in_any_step_is_seen_in_every_dtype(ask, monkeypatch, name, home, function, fault):
    monkeypatch.setattr(home, function, fault)
    asked = ask(name, "mlx")
    assert asked.rules == {"block-wrong"}
    for dtype in ("float32", "float16", "bfloat16"):
        assert f"in {dtype} differs" in asked.text


def test_an_operation_that_mlx_refuses_is_told_in_its_words(ask, monkeypatch):
    def refuse(*_operands, **_options):
        raise ValueError("[conv] Invalid input array")

    monkeypatch.setattr(mx, "conv_general", refuse)
    asked = ask("mlx-vae-conv-block", "mlx")
    assert asked.rules == {"block-refused"}
    assert "[conv] Invalid input array" in asked.text


def test_a_result_of_another_dtype_is_seen(ask, monkeypatch):
    wide = lambda x, k, padding: _convolve(x, k, padding=padding).astype(mx.float32)  # noqa: E731
    monkeypatch.setattr(mx, "conv_general", wide)
    assert "it comes out as float32" in ask("mlx-vae-conv-block", "mlx").text


def test_products_with_ten_bits_of_mantissa_are_told_apart_from_wrong_ones(ask, monkeypatch):
    def reduced(x, k, padding):
        short = [a.astype(mx.float16).astype(a.dtype) for a in (x, k)]
        return _convolve(*short, padding=padding)

    monkeypatch.setattr(mx, "conv_general", reduced)
    asked = ask("mlx-vae-conv-block", "mlx")
    assert "float32-reduced" in asked.rules
    found = [finding for finding in asked.findings if finding.rule == "float32-reduced"]
    assert {finding.severity for finding in found} == {Severity.MEDIUM}
    for finding in found:
        assert [entry.id for entry in match(finding.message)] == ["mlx-tf32"]


def test_kernels_in_the_layout_of_torch_are_refused_but_for_those_of_three_colours(ask):
    asked = ask("mlx-conv-layout", "mlx")
    assert asked.rules == {"kernel-layout-ambiguous"}
    assert [entry.id for entry in match(asked.text)] == ["mlx-conv-layout"]


def test_an_mlx_that_refuses_all_of_them_passes(ask, monkeypatch):
    def strict(pictures, kernel, **options):
        if tuple(kernel.shape) == (6, 3, 3, 3, 3) and not turned(kernel):
            raise ValueError("[conv] this kernel is in another layout")
        return _convolve(pictures, kernel, **options)

    from probes.numerics import whole

    expected = mx.array(whole(6, 3, 3, 3, 3, seed=1).float().movedim(1, -1).contiguous().numpy())

    def turned(kernel):
        return bool(mx.array_equal(kernel, expected))

    monkeypatch.setattr(mx, "conv_general", strict)
    assert ask("mlx-conv-layout", "mlx").outcome is Outcome.PASS


def test_an_mlx_that_takes_torch_kernels_of_any_shape_is_seen(ask, monkeypatch):
    def lenient(pictures, kernel, **options):
        groups = options["groups"]
        if kernel.shape[-1] * groups != pictures.shape[-1]:
            axes = kernel.ndim - 2
            kernel = mx.moveaxis(kernel, 1, -1) if axes else kernel
            return _convolve(pictures, kernel, **options) + 1
        return _convolve(pictures, kernel, **options)

    monkeypatch.setattr(mx, "conv_general", lenient)
    assert "kernel-layout-not-refused" in ask("mlx-conv-layout", "mlx").rules


@pytest.mark.proves("mlx-conv-layout")
def test_a_wrong_convolution_is_seen(ask, monkeypatch):
    def off(pictures, kernel, **options):
        return _convolve(pictures, kernel, **options) + 1

    monkeypatch.setattr(mx, "conv_general", off)
    assert "convolution-wrong" in ask("mlx-conv-layout", "mlx").rules


def test_products_with_quantised_weights_are_right_here(ask):
    asked = ask("mlx-quantised-linear", "mlx")
    assert asked.outcome is Outcome.PASS, asked.text
    assert len([key for key in asked.measures if key.startswith("error_eps")]) >= 60


def test_an_edge_tile_that_is_wrong_only_beyond_16_bits_is_seen(ask, monkeypatch):
    real = mx.quantized_matmul

    def broken(*operands, **options):
        result = real(*operands, **options)
        if result.shape[-1] <= 32767:
            return result
        return mx.concatenate([result[:, :32767], mx.zeros_like(result[:, 32767:])], axis=1)

    monkeypatch.setattr(mx, "quantized_matmul", broken)
    asked = ask("mlx-quantised-linear", "mlx")
    assert asked.rules == {"quantised-product-wrong"}
    assert all("32800 columns" in finding.message for finding in asked.findings)


@pytest.mark.proves("mlx-quantised-linear")
@pytest.mark.parametrize("damage", [lambda x: x * 1.3, lambda x: x * mx.nan])
def test_wrong_weights_are_seen(ask, monkeypatch, damage):
    real = mx.dequantize
    monkeypatch.setattr(mx, "dequantize", lambda *parts, **how: damage(real(*parts, **how)))
    assert "quantised-weights-wrong" in ask("mlx-quantised-linear", "mlx").rules


def test_a_mode_that_this_mlx_does_not_have_is_measured_and_no_fault(ask, monkeypatch):
    real = mx.quantize

    def older(weight, group_size, bits, mode):
        if mode != "affine":
            raise ValueError(f"[quantize] Invalid mode {mode}")
        return real(weight, group_size=group_size, bits=bits)

    monkeypatch.setattr(mx, "quantize", older)
    asked = ask("mlx-quantised-linear", "mlx")
    assert asked.outcome is Outcome.PASS
    assert "Invalid mode" in asked.measures["nvfp4 4 bits in groups of 16 float32"]


def test_a_product_that_is_refused_is_seen(ask, monkeypatch):
    def refuse(*_operands, **_options):
        raise ValueError("[quantized_matmul] no")

    monkeypatch.setattr(mx, "quantized_matmul", refuse)
    assert ask("mlx-quantised-linear", "mlx").rules == {"quantised-product-refused"}
