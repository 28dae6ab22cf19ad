import math

import numpy as np
import pytest

from compat.formats.deep.float_bits import FLOATS

torch = pytest.importorskip("torch")

TORCH = {
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    "F8_E8M0": torch.float8_e8m0fnu,
}


def every_pattern(dtype):
    word = FLOATS[dtype].word
    patterns = np.arange(1 << (8 * word), dtype=f"u{word}")
    return patterns, torch.from_numpy(patterns.view(np.uint8)).view(TORCH[dtype]).double().numpy()


@pytest.mark.parametrize("dtype", TORCH)
def test_every_finite_pattern_has_the_value_that_torch_reads(dtype):
    bits = FLOATS[dtype]
    for pattern, value in zip(*every_pattern(dtype), strict=True):
        if math.isfinite(value):
            magnitude = int(pattern) & (bits.sign - 1 if bits.signed else 0xFF)
            assert bits.value(magnitude) == abs(value)


@pytest.mark.parametrize("dtype", TORCH)
def test_the_largest_finite_value_is_the_largest(dtype):
    _, values = every_pattern(dtype)
    bits = FLOATS[dtype]
    assert bits.value(bits.largest) == values[np.isfinite(values)].max()


@pytest.mark.parametrize(
    ("dtype", "largest"), [("F32", np.finfo("f4").max), ("F64", np.finfo("f8").max)]
)
def test_wide_types_end_where_numpy_says(dtype, largest):
    bits = FLOATS[dtype]
    assert bits.value(bits.largest) == largest


@pytest.mark.parametrize(("dtype", "reaches"), [("BF16", True), ("F32", True), ("F16", False)])
def test_only_wide_types_reach_absurd_values(dtype, reaches):
    bits = FLOATS[dtype]
    assert (bits.absurd is not None) is reaches
    assert not reaches or bits.value(bits.absurd) == 2.0**33
