"""What MLX does silently is seen, and what a mended MLX would do passes."""

import pytest

from compat.core.model import Outcome
from compat.knowledge import match

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


def test_scales_of_microscaling_formats_are_asked_about_too(ask):
    text = ask_mlx(ask, "mlx-safetensors-float8").text
    assert "F8_E4M3" in text
    assert "F8_E8M0" in text


def refuse_to_load(_path):
    raise RuntimeError("[safetensor] unsupported dtype F8_E4M3")


def load_as_numbers(path):
    return {"weight": mx.array([1.0, 2.0, 0.5, 8.0 if "E8M0" in path else -1.0])}


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


def test_the_numbers_of_every_dtype_that_mlx_reads_are_right_here(ask):
    assert "mlx-numbers-wrong" not in ask_mlx(ask, "mlx-safetensors-dtypes").rules


@pytest.mark.parametrize("dtype", ["BF16", "U16", "C64", "BOOL"])
def test_a_dtype_that_is_read_as_other_numbers_is_seen(ask, monkeypatch, dtype):
    real = mx.load

    def reversed_bytes(path):
        loaded = real(path)
        if f"numbers {dtype}" in path:
            loaded["weight"] = loaded["weight"][::-1]
        return loaded

    monkeypatch.setattr(mx, "load", reversed_bytes)
    asked = ask_mlx(ask, "mlx-safetensors-dtypes")
    wrong = [f.message for f in asked.findings if f.rule == "mlx-numbers-wrong"]
    assert len(wrong) == 1
    assert f"reads {dtype} as" in wrong[0]


def test_every_type_that_gguf_knows_is_asked_about(ask):
    gguf = pytest.importorskip("gguf")
    asked = ask_mlx(ask, "mlx-gguf-silent-drop")
    assert set(asked.measures) == set(gguf.GGMLQuantizationType.__members__)


def test_weights_that_mlx_reads_wrong_from_gguf_are_known(ask):
    asked = ask_mlx(ask, "mlx-gguf-values")
    assert {f.evidence.get("type", "BF16") for f in asked.findings} == {"Q4_K", "BF16"}
    known = {entry.id for f in asked.findings for entry in match(f.message)}
    assert known == {"mlx-gguf-q4-k", "mlx-gguf-bf16-overflow"}
    assert asked.measures["Q6_K"].startswith("off by 0.000")


def test_gguf_py_and_diffusers_agree_about_the_type_that_mlx_reads_wrong():
    torch = pytest.importorskip("torch")
    gguf = pytest.importorskip("gguf")
    utils = pytest.importorskip("diffusers.quantizers.gguf.utils")
    from probes.mlx_arrays.mlx_gguf_values import _blocks, _dequantised

    kind = gguf.GGMLQuantizationType.Q4_K
    blocks = _blocks("Q4_K").reshape(4, -1)
    turn = utils.dequantize_functions[kind]
    other = turn(torch.from_numpy(blocks), 256, 144, torch.float32).reshape(4, 256)
    assert abs(other.double().numpy() - _dequantised("Q4_K", blocks)).max() == 0


def mended(path):
    """What a loader without faults makes of a file: gguf-py's own numbers."""
    gguf = pytest.importorskip("gguf")
    from probes.mlx_arrays.mlx_gguf_values import _dequantised

    tensor = gguf.GGUFReader(path).tensors[0]
    kind = tensor.tensor_type.name
    rows = tensor.data.reshape(4, -1).view("uint8")
    return {"packed": mx.array(_dequantised(kind, rows).astype("float32"))}


def test_a_loader_that_reads_all_types_right_passes(ask, monkeypatch):
    monkeypatch.setattr(mx, "load", mended)
    asked = ask_mlx(ask, "mlx-gguf-values")
    assert asked.outcome is Outcome.PASS, asked.text


@pytest.mark.proves("mlx-gguf-values")
def test_a_loader_that_halves_the_weights_of_one_type_is_seen(ask, monkeypatch):
    def halved(path):
        loaded = mended(path)
        return {"packed": loaded["packed"] / 2} if "Q6_K" in path else loaded

    monkeypatch.setattr(mx, "load", halved)
    asked = ask_mlx(ask, "mlx-gguf-values")
    assert [f.evidence["type"] for f in asked.findings] == ["Q6_K"]


def test_a_loader_that_turns_the_matrix_is_seen(ask, monkeypatch):
    monkeypatch.setattr(mx, "load", lambda path: {"packed": mended(path)["packed"].T})
    assert "as shape (256, 4), expected (4, 256)" in ask_mlx(ask, "mlx-gguf-values").text
