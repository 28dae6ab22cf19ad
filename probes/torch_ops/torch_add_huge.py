"""Arithmetic of more values than 31 bits can count."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.chosen_rows import agrees_in_rows
from probes.numerics import sample

# Just beyond 2^31 values; each tensor takes 4.3 GB in a half.
_ROWS, _COLUMNS = 2_100, 1_024_000


@probe(
    "torch-add-huge",
    family="torch-ops",
    # Processors have not had this, and take minutes for it.
    needs=Needs(
        modules=("torch",),
        devices=("cuda", "mps"),
        memory_mib=18000,
        seconds=300,
        level=Level.LONG,
    ),
)
def torch_add_huge(session: Session) -> Iterator[Finding]:
    """Arithmetic of tensors with more than 2^31 values is right.

    A decoder's layers pass this at full size. Some kernels of MPS refuse it ("require 64-bit
    indexing", torch 2.14), older ones counted positions wrongly (ComfyUI#14838). Decode in tiles,
    or render a shorter clip.
    """
    # Rows of another factor each, so that no two are alike; the row they multiply is small.
    factors = [sample(_ROWS, 1, seed=1) + 3, sample(1, _COLUMNS, seed=2)]
    case = f"mul to {_ROWS} x {_COLUMNS}, beyond 2^31 values,"
    yield from agrees_in_rows(session, case, factors, _arithmetic, dtype="float16", axes=(0, 0))


def _arithmetic(factors: Any, values: Any) -> Any:
    return factors * values + 1
