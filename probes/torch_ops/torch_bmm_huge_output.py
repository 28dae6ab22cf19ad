"""A batched product with more values than 32 bits can count."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.chosen_rows import agrees_in_rows
from probes.numerics import sample

# Their square is just beyond 2^32; the result takes 8.6 GB in a half.
_ROWS, _INNER = 65_600, 8


@probe(
    "torch-bmm-huge-output",
    family="torch-ops",
    # Processors have not had this, and take minutes for it.
    needs=Needs(
        modules=("torch",),
        devices=("cuda", "mps"),
        memory_mib=14000,
        seconds=300,
        level=Level.LONG,
    ),
)
def torch_bmm_huge_output(session: Session) -> Iterator[Finding]:
    """A batched matrix product with more than 2^32 results is right.

    Attention that is written by hand makes such products for long videos. On MPS in torch 2.4 to
    2.14 positions beyond 2^32 were wrong without an error (pytorch#197636). Take a smaller clip, or
    split the batch.
    """
    pair = [sample(1, _ROWS, _INNER, seed=1), sample(1, _INNER, _ROWS, seed=2)]
    case = f"bmm to {_ROWS} x {_ROWS}, beyond 2^32 values,"
    yield from agrees_in_rows(session, case, pair, _product, dtype="float16", axes=(1, 1))


def _product(left: Any, right: Any) -> Any:
    return left @ right
