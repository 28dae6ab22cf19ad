import numpy as np
import pytest

from compat.formats.deep.ggml_scales import LAYOUTS
from compat.formats.deep.look_blocks import look_at_blocks
from compat.formats.dtypes import GGML_TYPES

gguf = pytest.importorskip("gguf")

UNDEQUANTISED = {"Q8_1", "Q8_K", "Q1_0", "Q2_0"}
"""Types that gguf-py 0.19 has no dequantiser for; they are checked by their layout alone. It does
not know Q2_0 (ggml-common.h of 2026-08) at all."""

NAN_READ_AS_NUMBER = {"MXFP4", "NVFP4"}
"""ggml reads the NaN of their scales as 2**127 and as 0 (ggml-impl.h), the standards as NaN."""

QUANTISED = [name for name, block, _ in GGML_TYPES.values() if block > 1]
BLOCKS = 64


def blocks(name, *, seed=0):
    """Random quants, with scales that are all 1 or nearly so."""
    layout = LAYOUTS[name]
    raw = np.random.default_rng(seed).integers(0, 256, (BLOCKS, layout.size), np.uint8)
    for scale in layout.scales:
        put(raw, scale, one(scale))
    return raw


def one(scale):
    return scale.bits.bias << scale.bits.mantissa


def put(raw, scale, bits, rows=slice(None)):
    if scale.spread:
        words = raw.view("<u2")
        for part in range(4):
            at = scale.offset // 2 + part
            words[rows, at] = (words[rows, at] & 0x0FFF) | ((bits >> (4 * part)) << 12 & 0xF000)
        return
    width = scale.bits.word
    raw[rows, scale.offset : scale.offset + width] = np.frombuffer(
        bits.to_bytes(width, "little"), np.uint8
    )


def dequantised(name, raw):
    kind = gguf.GGMLQuantizationType[name]
    with np.errstate(all="ignore"):
        return gguf.quants.dequantize(raw.reshape(1, -1), kind).reshape(BLOCKS, -1)


def look(name, raw):
    return look_at_blocks(raw.reshape(-1), 0, LAYOUTS[name])


def test_every_quantised_type_has_its_scales_named():
    assert set(QUANTISED) == set(LAYOUTS)
    sizes = {kind.name: size for kind, (_, size) in gguf.GGML_QUANT_SIZES.items()}
    assert {name: layout.size for name, layout in LAYOUTS.items() if name in sizes} == {
        name: size for name, size in sizes.items() if name in QUANTISED
    }
    assert set(LAYOUTS) - set(sizes) <= {"Q2_0"}


@pytest.mark.parametrize("name", QUANTISED)
def test_a_nan_scale_is_found_and_makes_exactly_its_block_nan(name):
    for scale in LAYOUTS[name].scales:
        raw = blocks(name)
        assert look(name, raw).not_finite == 0
        put(raw, scale, (1 << scale.bits.exponent) - 1 << scale.bits.mantissa | 7, rows=[5, 9])
        if not scale.bits.mantissa:
            put(raw, scale, 0xFF, rows=[5, 9])
        sight = look(name, raw)
        assert sight.not_finite == 2
        assert sight.first_bad == 5 * LAYOUTS[name].size + scale.offset
        if name not in UNDEQUANTISED | NAN_READ_AS_NUMBER:
            rows = ~np.isfinite(dequantised(name, raw)).all(axis=1)
            assert list(np.flatnonzero(rows)) == [5, 9]


@pytest.mark.parametrize("name", [n for n in QUANTISED if n not in {"MXFP4", "NVFP4"}])
def test_an_infinite_scale_is_found(name):
    for scale in LAYOUTS[name].scales:
        for sign in (0, scale.bits.sign):
            raw = blocks(name)
            put(raw, scale, scale.bits.infinity | sign, rows=[63])
            assert look(name, raw).inf == 1


@pytest.mark.parametrize("name", QUANTISED)
def test_zero_scales_are_a_zero_tensor(name):
    raw = blocks(name)
    for scale in LAYOUTS[name].scales:
        put(raw, scale, 0)
    if name == "MXFP4":  # its smallest scale is 2**-127: only zero quants are zero
        assert not look(name, raw).is_zero
        raw[:] = 0
    assert look(name, raw).is_zero
    if name not in UNDEQUANTISED:
        assert not dequantised(name, raw).any()


@pytest.mark.parametrize("name", [n for n in QUANTISED if n not in UNDEQUANTISED])
def test_the_largest_weight_is_never_underestimated_and_never_far_off(name):
    largest = 0.0
    for seed in range(8):
        raw = blocks(name, seed=seed)
        raw[0], raw[1] = 0xFF, 0x7F  # the ends of the quants and sub-scales
        for scale in LAYOUTS[name].scales:
            put(raw, scale, one(scale))
        values = np.abs(dequantised(name, raw)).max()
        assert values <= look(name, raw).amax * len(LAYOUTS[name].scales)
        largest = max(largest, values)
    assert largest >= look(name, blocks(name)).amax / 4


@pytest.mark.parametrize("name", ["Q4_K", "Q8_0", "Q6_K", "IQ4_XS", "Q4_0", "MXFP4", "Q2_K"])
def test_random_bytes_are_no_blocks(name):
    size = LAYOUTS[name].size
    raw = np.random.default_rng(0).integers(0, 256, (4 << 20) // size * size, np.uint8)
    sight = look_at_blocks(raw, 0, LAYOUTS[name])
    assert sight.foreign_kind == "noise"
    assert sight.foreign_bytes > 0.9 * len(raw)


def test_a_scale_too_large_for_half_precision_is_counted_and_no_noise():
    raw = blocks("Q8_0")
    scale = LAYOUTS["Q8_0"].scales[0]
    put(raw, scale, int(np.float16(600).view(np.uint16)), rows=slice(0, 60))
    sight = look("Q8_0", raw)
    assert (sight.beyond, sight.not_finite, sight.foreign_bytes) == (60, 0, 0)
    assert sight.amax == 600 * 128
