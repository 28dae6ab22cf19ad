"""Products that sum over more than 32767 terms."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-matmul-large-inner",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_matmul_large_inner(session: Session) -> Iterator[Finding]:
    """A matrix product is right when it sums over more than 32767 terms.

    On M1 and M2 chips the last terms of such a sum were lost: mm in torch 2.7 to 2.13
    (pytorch#193487), bmm still in 2.14 (pytorch#195163). Patch embeddings of large frames and
    pooled text projections are that wide. Update torch, or split the sum.
    """
    pair = [sample(4, 32800, seed=1), sample(32800, 8, seed=2)]
    yield from agrees(session, "mm over 32800 terms", pair, _product, terms=32800)
    batch = [sample(2, 4, 32800, seed=3), sample(2, 32800, 8, seed=4)]
    yield from agrees(session, "bmm over 32800 terms", batch, _product, terms=32800)


def _product(left: Any, right: Any) -> Any:
    return left @ right
