"""Finite weights that half precision cannot hold."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.findings.absurd_weights import WEIGHT_NAMES
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import is_matrix, is_scale
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

HALF_LARGEST = 65504.0
"""Largest finite f16 (IEEE 754 binary16)."""

WIDE = frozenset({"BF16", "F32", "F64"})
MOST_NAMES = 16


def beyond_half(path: Path, census: Census) -> Iterator[Finding]:
    """Loaded as fp16 these become infinite, and every value computed from them NaN."""
    beyond = [(t, s) for t, s in census.seen() if _is_beyond(t, s)]
    if not beyond:
        return
    tensor, sight = max(beyond, key=lambda seen: seen[1].amax)
    weights = [t for t, _ in beyond if t.name.endswith("weight") and is_matrix(t)]
    yield damage(
        "weights-beyond-fp16",
        path,
        f"{len(beyond)} tensor(s) hold values above 65504, up to {sight.amax:.4g} in "
        f"{quoted(tensor.name)}: infinite once loaded as fp16",
        remedy="load the file as bf16 or fp32, never as fp16",
        detail=quoted(tensor.name),
        # Masks, counters and running statistics are no matrices called weight.
        severity=Severity.MEDIUM if weights else Severity.INFO,
        largest=sight.amax,
        tensors={quoted(t.name): s.amax for t, s in beyond[:MOST_NAMES]},
    )


def _is_beyond(tensor: TensorInfo, sight: Sight) -> bool:
    return (
        tensor.dtype in WIDE
        and sight.amax > HALF_LARGEST
        and not sight.foreign_bytes
        and not (sight.beyond and is_matrix(tensor) and tensor.name.endswith(WEIGHT_NAMES))
        and not is_scale(tensor.name)
    )
