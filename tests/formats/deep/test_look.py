import math

import numpy as np
import pytest

from compat.formats.deep.float_bits import FLOATS
from compat.formats.deep.look import look_at
from compat.formats.deep.tensor_kind import kind_of
from compat.formats.model import TensorInfo

torch = pytest.importorskip("torch")

TORCH = {
    "F64": torch.float64,
    "F32": torch.float32,
    "C64": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    "F8_E8M0": torch.float8_e8m0fnu,
}


def look(dtype, data, *, name="a.weight", shape=(64, 64), at=0):
    kind = kind_of(TensorInfo(name, dtype, shape, at, at + len(data)))
    return look_at(np.frombuffer(data, np.uint8).copy(), at, kind)


@pytest.mark.parametrize("dtype", TORCH)
@pytest.mark.parametrize("seed", range(3))
def test_random_bits_are_counted_as_torch_counts_them(dtype, seed):
    data = np.random.default_rng(seed).bytes(64 * 512)
    values = torch.frombuffer(bytearray(data), dtype=TORCH[dtype]).double()
    sight = look(dtype, data, at=8192)
    assert sight.nan == int(values.isnan().sum())
    assert sight.inf == int((values == math.inf).sum())
    assert sight.minus_inf == int((values == -math.inf).sum())
    assert sight.amax == float(values[values.isfinite()].abs().max())
    bad = (~values.isfinite()).nonzero()
    expected = 8192 + int(bad[0]) * FLOATS[dtype].word if len(bad) else None
    assert sight.first_bad == expected


@pytest.mark.parametrize("dtype", TORCH)
def test_one_bad_value_is_found_wherever_it_stands(dtype):
    bits = FLOATS[dtype]
    pattern = bits.sign if bits.minus_zero_is_nan else bits.first_bad
    fine = np.full(4096, 1 << bits.mantissa, f"<u{bits.word}")
    for sign in {0, 0 if bits.minus_zero_is_nan else bits.sign}:
        for place in (0, 1, 2047, 4095):
            words = fine.copy()
            words[place] = pattern | sign
            sight = look(dtype, words.tobytes(), at=100)
            assert (sight.not_finite, sight.first_bad) == (1, 100 + place * bits.word)
    assert look(dtype, fine.tobytes()).not_finite == 0


@pytest.mark.parametrize("dtype", ["F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"])
def test_minus_zero_is_zero(dtype):
    bits = FLOATS[dtype]
    words = np.array([0, bits.sign] * 2048, f"<u{bits.word}")
    assert look(dtype, words.tobytes()).is_zero
    words[77] = 1
    assert not look(dtype, words.tobytes()).is_zero


@pytest.mark.parametrize("dtype", ["F32", "BF16", "F8_E4M3", "I8", "U8", "F4", "F6_E2M3", "I64"])
def test_a_single_value_is_told_from_two(dtype):
    data = bytearray(b"\x11" * 8192)
    assert look(dtype, bytes(data)).same == int.from_bytes(
        b"\x11" * kind_of(TensorInfo("a", dtype, (1,), 0, 0)).word, "little"
    )
    data[5000] = 0x12
    assert look(dtype, bytes(data)).same is None


@pytest.mark.parametrize("dtype", ["BOOL", "U8", "I8", "I64", "F4", "F6_E3M2"])
def test_types_without_nan_have_none(dtype):
    assert look(dtype, b"\xff" * 8192).not_finite == 0


def test_nothing_is_seen_of_no_bytes():
    for dtype in (*TORCH, "U8", "I64"):
        assert look(dtype, b"", shape=(0, 8)).values == 0


def test_a_type_nobody_knows_is_not_guessed():
    assert kind_of(TensorInfo("a", "F2_NEW", (8, 8), 0, 16)) is None


def test_scales_are_looked_at_for_zeros_and_signs():
    fine = np.array([0.5, 0.25, 0.0, -0.0], "<f4")
    sight = look("F32", fine.tobytes(), name="a.weight_scale", shape=(4,))
    assert (sight.zeros, sight.negative) == (2, False)
    sight = look("F32", (fine - 1).tobytes(), name="a.weight_scale", shape=(4,))
    assert (sight.zeros, sight.negative) == (0, True)
