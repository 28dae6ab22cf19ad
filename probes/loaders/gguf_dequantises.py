"""Every quantisation type in gguf-py's dequantiser."""

import struct
from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault

# The types that published video checkpoints come in (city96 and QuantStack on the hub).
_TYPES = (
    "F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K",
    "Q6_K", "IQ4_NL", "IQ4_XS", "IQ3_S", "IQ3_XXS", "IQ2_S",
)  # fmt: skip


@probe(
    "gguf-dequantises",
    family="loaders",
    needs=Needs(modules=("gguf", "numpy")),
)
def gguf_dequantises(session: Session) -> Iterator[Finding]:
    """gguf-py turns every quantisation type of published video checkpoints into numbers.

    Loaders fall back to it for types without a kernel of their own. A type it does not know ends
    the loading after the whole file was read: update gguf, or take another quantisation.
    """
    for name in _TYPES:
        shape, refusal = attempt(partial(_dequantised, name))
        session.measure(name, refusal or "dequantised")
        if refusal or shape != (4, 256):
            problem = refusal or f"the result has shape {shape}, expected (4, 256)"
            yield fault(session, "gguf-type-not-read", f"gguf-py does not read {name}: {problem}")
    for name, meant in (("Q8_0", _meant_q8_0()), ("Q4_0", _meant_q4_0())):
        found, refusal = attempt(partial(_numbers, name))
        if found is not None and found != meant:
            text = f"gguf-py reads {name} as {found[:4]}..., expected {meant[:4]}..."
            yield fault(session, "gguf-values-wrong", text)


# One block of each: the scale 0.5 in float16, then 32 numbers (ggml-common.h, block_q8_0 and
# block_q4_0: the lower four bits hold the first half, the upper four the second, 8 is zero).
_BYTES = [(7 * number + 3) % 256 for number in range(32)]


def _numbers(name: str) -> list[float]:
    import gguf
    import numpy as np

    scale = struct.pack("<e", 0.5)
    block = scale + bytes(_BYTES if name == "Q8_0" else _BYTES[:16])
    packed = np.frombuffer(block, dtype=np.uint8).reshape(1, -1)
    kind = getattr(gguf.GGMLQuantizationType, name)
    return [float(value) for value in gguf.quants.dequantize(packed, kind).flatten()]


def _meant_q8_0() -> list[float]:
    return [0.5 * (code - 256 if code > 127 else code) for code in _BYTES]


def _meant_q4_0() -> list[float]:
    low, high = [code & 15 for code in _BYTES[:16]], [code >> 4 for code in _BYTES[:16]]
    return [0.5 * (code - 8) for code in (*low, *high)]


def _dequantised(name: str) -> Any:
    import gguf
    import numpy as np

    kind = getattr(gguf.GGMLQuantizationType, name)
    per_block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
    packed = np.zeros((4, 256 // per_block * block_bytes), dtype=np.uint8)
    return gguf.quants.dequantize(packed, kind).shape
