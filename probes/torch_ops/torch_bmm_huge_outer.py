"""An outer product with more values than 31 bits can count."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.chosen_rows import agrees_in_rows
from probes.numerics import sample

# Their square is just beyond 2^31; the result takes 4.3 GB in a half.
_ROWS = 46_400


@probe(
    "torch-bmm-huge-outer",
    family="torch-ops",
    # Processors have not had this, and take minutes for it.
    needs=Needs(
        modules=("torch",),
        devices=("cuda", "mps"),
        memory_mib=8000,
        seconds=300,
        level=Level.LONG,
    ),
)
def torch_bmm_huge_outer(session: Session) -> Iterator[Finding]:
    """A batched product over one term with more than 2^31 results is right.

    Masks and positions are made as outer products. On CUDA their kernel counted positions in 32
    bits (pytorch#196431). Take a smaller clip, or update torch.
    """
    pair = [sample(1, _ROWS, 1, seed=1), sample(1, 1, _ROWS, seed=2)]
    case = f"bmm over one term to {_ROWS} x {_ROWS}, beyond 2^31 values,"
    yield from agrees_in_rows(session, case, pair, _outer, dtype="bfloat16", axes=(1, 1))


def _outer(left: Any, right: Any) -> Any:
    import torch

    return torch.bmm(left, right)
