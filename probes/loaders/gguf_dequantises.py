"""Every quantisation type in gguf-py's dequantiser."""

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


def _dequantised(name: str) -> Any:
    import gguf
    import numpy as np

    kind = getattr(gguf.GGMLQuantizationType, name)
    per_block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
    packed = np.zeros((4, 256 // per_block * block_bytes), dtype=np.uint8)
    return gguf.quants.dequantize(packed, kind).shape
