"""Weights can be broken and varied without torch."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from runners.demo.fp8 import LARGEST, encode, plain_cast, scaled_cast
from runners.demo.weights import RawTensor, as_float32, edit_weights, like

E4M3_SAMPLES = {0.0: 0x00, 1.0: 0x38, -1.0: 0xB8, 448.0: 0x7E, 2.0**-9: 0x01, 0.4375: 0x2E}


def bf16(values):
    return like(RawTensor(dtype="BF16", shape=(), data=b""), np.asarray(values, np.float32))


def test_bfloat16_survives_the_way_through_float32():
    tensor = bf16([[1.0, -2.5], [3.140625, 0.0]])
    assert as_float32(tensor).tolist() == [[1.0, -2.5], [3.140625, 0.0]]


def test_nan_stays_nan_in_bfloat16():
    assert np.isnan(as_float32(bf16([np.nan]))).all()


@pytest.mark.parametrize(("value", "code"), E4M3_SAMPLES.items())
def test_fp8_codes_are_those_of_the_specification(value, code):
    assert encode(np.array([value], np.float32)) == bytes([code])


def test_fp8_saturates_instead_of_overflowing():
    assert encode(np.array([1e6], np.float32)) == encode(np.array([LARGEST], np.float32))


def test_fp8_agrees_with_torch():
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).normal(size=4000).astype(np.float32) * 50
    wanted = torch.from_numpy(values).to(torch.float8_e4m3fn).view(torch.uint8).numpy()
    assert encode(values) == wanted.tobytes()


def test_a_scaled_cast_keeps_its_scale_beside_the_weight():
    cast = scaled_cast({"a.weight": bf16(np.eye(2)), "a.bias": bf16([1.0])})
    assert cast["a.weight"].dtype == "F8_E4M3"
    assert np.frombuffer(cast["a.scale_weight"].data, "<f4")[0] == pytest.approx(1 / LARGEST)
    assert cast["a.bias"].dtype == "BF16"


def test_a_plain_cast_touches_matrices_only():
    cast = plain_cast({"a.weight": bf16(np.eye(2)), "a.bias": bf16([1.0])})
    assert [tensor.dtype for tensor in cast.values()] == ["F8_E4M3", "BF16"]


def test_an_edited_file_is_read_by_the_reference_library(tmp_path):
    path = tmp_path / "m.safetensors"
    save_file({"x": np.ones((2, 3), np.float32)}, path, metadata={"made": "here"})
    edit_weights(path, lambda tensors: {"x": like(tensors["x"], -as_float32(tensors["x"]))})
    assert load_file(path)["x"].tolist() == [[-1.0] * 3] * 2
