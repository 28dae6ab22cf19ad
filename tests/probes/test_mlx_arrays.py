"""What MLX does silently is seen, and what a mended MLX would do passes."""

import pytest

from compat.core.model import Outcome

mx = pytest.importorskip("mlx.core")
CODES = [0x38, 0x40, 0x30, 0xB8]


def ask_mlx(ask, name):
    return ask(name, device="mlx")


def test_arithmetic_passes_here(ask):
    asked = ask_mlx(ask, "mlx-arithmetic")
    assert asked.outcome is Outcome.PASS, asked.text


@pytest.mark.parametrize("factor", [1.05, float("nan"), 0.0])
@pytest.mark.parametrize("operation", ["matmul", "conv1d"])
def test_wrong_arithmetic_is_seen(ask, monkeypatch, operation, factor):
    original = getattr(mx, operation)
    monkeypatch.setattr(mx, operation, lambda *operands: original(*operands) * factor)
    asked = ask_mlx(ask, "mlx-arithmetic")
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"operation-wrong"}


def test_refused_arithmetic_is_a_fail(ask, monkeypatch):
    def refuse(*_operands):
        raise RuntimeError("[conv] not implemented")

    monkeypatch.setattr(mx, "conv1d", refuse)
    assert ask_mlx(ask, "mlx-arithmetic").rules == {"operation-refused"}


def test_raw_codes_of_8_bit_floats_are_seen_and_the_cure_works(ask):
    asked = ask_mlx(ask, "mlx-safetensors-float8")
    assert asked.rules == {"mlx-fp8-raw-codes"}
    assert "are uint8 codes" in asked.text


def test_a_cure_that_does_not_work_is_another_finding(ask, monkeypatch):
    monkeypatch.setattr(mx, "from_fp8", lambda codes, dtype: codes.astype(dtype))
    assert "mlx-from-fp8-wrong" in ask_mlx(ask, "mlx-safetensors-float8").rules


def refuse_to_load(_path):
    raise RuntimeError("[safetensor] unsupported dtype F8_E4M3")


def load_as_numbers(_path):
    return {"weight": mx.array([1.0, 2.0, 0.5, -1.0])}


@pytest.mark.parametrize("load", [refuse_to_load, load_as_numbers])
def test_a_loader_that_refuses_or_converts_8_bit_floats_passes(ask, monkeypatch, load):
    monkeypatch.setattr(mx, "load", load)
    assert ask_mlx(ask, "mlx-safetensors-float8").outcome is Outcome.PASS


def test_dropped_gguf_tensors_are_named_by_their_type(ask):
    asked = ask_mlx(ask, "mlx-gguf-silent-drop")
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"mlx-gguf-tensor-dropped"}
    assert asked.measures["MXFP4"] == "dropped"
    assert asked.measures["Q8_0"] == "loaded"
    assert "failed" in asked.measures["Q5_0"]


def test_a_loader_that_drops_nothing_passes(ask, monkeypatch):
    monkeypatch.setattr(mx, "load", lambda _path: {"plain": 1, "packed": 2})
    assert ask_mlx(ask, "mlx-gguf-silent-drop").outcome is Outcome.PASS


def test_a_loader_that_drops_a_common_type_is_seen(ask, monkeypatch):
    monkeypatch.setattr(mx, "load", lambda _path: {"plain": 1})
    assert "type Q8_0 is missing" in ask_mlx(ask, "mlx-gguf-silent-drop").text


def test_bfloat16_of_mlx_does_not_turn_into_numpy_as_known(ask):
    asked = ask_mlx(ask, "mlx-bf16-to-numpy")
    assert asked.rules == {"bf16-numpy-refused"}
    assert "'bfloat16' is not a valid PEP 3118 buffer format string" in asked.text


def test_a_wrong_way_through_float32_is_another_finding(ask, monkeypatch):
    numpy = pytest.importorskip("numpy")
    original = numpy.array
    monkeypatch.setattr(numpy, "array", lambda values: original(values) * 0)
    assert "mlx-save-path-wrong" in ask_mlx(ask, "mlx-bf16-to-numpy").rules
