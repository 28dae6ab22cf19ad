"""Where the scales stand in each quantised ggml block, and how large a weight they can make."""

from collections.abc import Mapping
from dataclasses import dataclass

from compat.formats.deep.float_bits import FLOATS, FloatBits
from compat.formats.dtypes import GGML_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One scale field: its offset in the block and the largest factor that weights make of it."""

    offset: int
    factor: float
    bits: FloatBits = FLOATS["F16"]
    spread: bool = False  # iq1_m keeps the 16 bits in the high nibbles of four words


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLayout:
    """A ggml block: its bytes, and its scales."""

    size: int
    scales: tuple[Scale, ...]


_UE4M3 = FloatBits(word=1, exponent=4, mantissa=3, bias=7, first_bad=0x7F, signed=False)
"""The sign bit is never written; ggml reads NaN as 0 and leaves the sign out."""

_SCALES: Mapping[str, tuple[Scale, ...]] = {
    "Q4_0": (Scale(offset=0, factor=8),),
    "Q4_1": (Scale(offset=0, factor=15), Scale(offset=2, factor=1)),
    "Q5_0": (Scale(offset=0, factor=16),),
    "Q5_1": (Scale(offset=0, factor=31), Scale(offset=2, factor=1)),
    "Q8_0": (Scale(offset=0, factor=128),),
    "Q8_1": (Scale(offset=0, factor=128), Scale(offset=2, factor=0)),  # the sum makes no weight
    "Q2_K": (Scale(offset=80, factor=45), Scale(offset=82, factor=15)),
    "Q3_K": (Scale(offset=108, factor=128),),
    "Q4_K": (Scale(offset=0, factor=945), Scale(offset=2, factor=63)),
    "Q5_K": (Scale(offset=0, factor=1953), Scale(offset=2, factor=63)),
    "Q6_K": (Scale(offset=208, factor=4096),),
    "Q8_K": (Scale(offset=0, factor=128, bits=FLOATS["F32"]),),
    "IQ1_S": (Scale(offset=0, factor=17),),
    "IQ1_M": (Scale(offset=48, factor=17, spread=True),),
    "IQ2_XXS": (Scale(offset=0, factor=167),),
    "IQ2_XS": (Scale(offset=0, factor=167),),
    "IQ2_S": (Scale(offset=0, factor=167),),
    "IQ3_XXS": (Scale(offset=0, factor=481),),
    "IQ3_S": (Scale(offset=0, factor=465),),
    "IQ4_NL": (Scale(offset=0, factor=127),),
    "IQ4_XS": (Scale(offset=0, factor=4064),),
    "TQ1_0": (Scale(offset=52, factor=1),),
    "TQ2_0": (Scale(offset=64, factor=2),),
    "MXFP4": (Scale(offset=0, factor=6, bits=FLOATS["F8_E8M0"]),),
    "NVFP4": tuple(Scale(offset=at, factor=6, bits=_UE4M3) for at in range(4)),
    "Q1_0": (Scale(offset=0, factor=1),),
    "Q2_0": (Scale(offset=0, factor=2),),
}
"""Offsets after the block structures of ggml-common.h; each is held against gguf-py's dequantiser
by a test. Factors are the largest product of sub-scale and quant that the block's bits can form."""

LAYOUTS: Mapping[str, BlockLayout] = {
    name: BlockLayout(size=nbytes, scales=_SCALES[name])
    for name, _, nbytes in GGML_TYPES.values()
    if name in _SCALES
}
