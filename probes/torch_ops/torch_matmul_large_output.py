"""A product with more than 2^25 results."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-matmul-large-output",
    family="torch-ops",
    needs=Needs(
        modules=("torch",),
        devices=("cpu", "cuda", "mps"),
        memory_mib=1500,
        seconds=120,
        level=Level.STANDARD,
    ),
)
def torch_matmul_large_output(session: Session) -> Iterator[Finding]:
    """A matrix product is right when its result has more than 2^25 values.

    Attention scores of a video are that large. On MPS such products were wrong beyond some 2^25
    values (pytorch#116769, pytorch#122045), so a small preview was right and the full size was not.
    Update torch, or compute in slices.
    """
    pair = [sample(1025, 2, seed=1), sample(2, 32769, seed=2)]
    yield from agrees(session, "matmul of 1025x2 with 2x32769", pair, _product)


def _product(left: Any, right: Any) -> Any:
    return left @ right
