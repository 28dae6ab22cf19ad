"""Weight matrices in which every value is the same, and not zero."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.float_bits import FLOATS
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import kind_of
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

FEWEST_VALUES = 1024
"""Blur kernels, layer scales and temperatures are constant and smaller."""

DAMAGED_SHARE = 0.25
"""As for zeros: share of weight bytes from which the file is called unusable."""

MOST_NAMES = 16


def constant_weights(path: Path, census: Census) -> Iterator[Finding]:
    """A matrix of one single value has learned nothing, or was filled by a program."""
    constant = [(t, s) for t, s in census.seen() if _is_constant(t, s)]
    if not constant:
        return
    nbytes = sum(t.end - t.start for t, _ in constant)
    total = sum(t.end - t.start for t, _ in census.seen())
    tensor, sight = max(constant, key=lambda seen: seen[0].end - seen[0].start)
    many = nbytes >= DAMAGED_SHARE * total
    yield damage(
        "weights-constant",
        path,
        f"{len(constant)} weight matrices hold one single value each, largest "
        f"{quoted(tensor.name)}: {_value(tensor, sight)} {sight.values} times",
        remedy="compare the hash with the publisher's; the file was filled, not written"
        if many
        else "nothing, where the layer was never trained; else compare the hash",
        detail=quoted(tensor.name),
        severity=Severity.HIGH if many else Severity.LOW,
        constant_bytes=nbytes,
        tensors={quoted(t.name): _value(t, s) for t, s in constant[:MOST_NAMES]},
    )


def _is_constant(tensor: TensorInfo, sight: Sight) -> bool:
    kind = kind_of(tensor)
    return (
        kind is not None
        and kind.holds_weights
        and sight.same is not None
        and sight.amax > 0
        and not sight.not_finite
        and sight.values >= FEWEST_VALUES
        and not kind.scale
    )


def _value(tensor: TensorInfo, sight: Sight) -> str:
    bits, same = FLOATS.get(tensor.dtype), sight.same or 0
    if bits is None:
        return f"0x{same:02x}"
    return f"{'-' if same & bits.sign else ''}{bits.value(same & ~bits.sign):g}"
