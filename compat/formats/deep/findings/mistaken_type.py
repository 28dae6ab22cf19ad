"""Weights whose type is another than the header says: f16 called bf16, or the other way round."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.formats.deep.census import Census
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import is_matrix
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

FEWEST_MATRICES = 4
FEWEST_SAMPLED = 256
SHARE = 0.9
"""Share of the matrices of a type that must look so: one odd layer is no mistaken type."""

FAINT_SHARE = 0.25
"""f16 weights read as bf16: a factor of 2 becomes one of 256, so that two in three lie below 2**-16
of the largest. Of normally distributed weights one in ten thousand does, one in a hundred beside an
outlier a thousand times their spread."""

SMALL_SHARE = 0.002
"""bf16 weights read as f16 lie between 0.1 and 2, none near zero: eight bits of exponent are cut to
five. Of evenly or normally distributed weights 3 % or more lie below 1/32 of the largest."""

NAMES = {"BF16": "f16", "F16": "bf16", "F32": "another type", "F64": "another type"}


def mistaken_type(path: Path, census: Census) -> Iterator[Finding]:
    """Read as the wrong type every weight is wrong, and each of them is finite."""
    for dtype in NAMES:
        matrices = [(t, s) for t, s in census.seen() if _counts(t, s, dtype)]
        odd = [(t, s) for t, s in matrices if _is_odd(s)]
        if len(odd) >= max(FEWEST_MATRICES, SHARE * len(matrices)):
            yield _finding(path, dtype, odd, len(matrices))


def _counts(tensor: TensorInfo, sight: Sight, dtype: str) -> bool:
    return (
        tensor.dtype == dtype
        and is_matrix(tensor)
        and sight.small_of >= FEWEST_SAMPLED
        and sight.same is None
        and not (sight.is_zero or sight.not_finite or sight.foreign_bytes)
    )


def _is_odd(sight: Sight) -> bool:
    return sight.faint > FAINT_SHARE * sight.small_of or sight.small < SMALL_SHARE * sight.small_of


def _finding(path: Path, dtype: str, odd: list[tuple[TensorInfo, Sight]], total: int) -> Finding:
    tensor, sight = odd[0]
    what = (
        f"{100 * sight.faint / sight.small_of:.0f} % are below a 65536th of the largest"
        if sight.faint
        else f"none is near zero, the largest is {sight.amax:.3g}"
    )
    return damage(
        "weights-type-mistaken",
        path,
        f"{len(odd)} of {total} {dtype} matrices are not spread as weights are, such as "
        f"{quoted(tensor.name)}: {what}; the bytes may be {NAMES[dtype]}",
        remedy="get the file from its publisher: the program that wrote it gave the type wrongly",
        detail=quoted(tensor.name),
        matrices=total,
        amax={quoted(t.name): s.amax for t, s in odd[:16]},
        faint={quoted(t.name): s.faint / s.small_of for t, s in odd[:16]},
        near_zero={quoted(t.name): s.small / s.small_of for t, s in odd[:16]},
    )
