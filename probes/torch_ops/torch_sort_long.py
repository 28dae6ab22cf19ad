"""Sorting more values than some kernels can index."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device, on_host, untouched

_COUNT = 2**22 + 1


@probe(
    "torch-sort-long",
    family="torch-ops",
    needs=Needs(
        modules=("torch",),
        devices=("cpu", "cuda", "mps"),
        memory_mib=700,
        seconds=120,
        level=Level.STANDARD,
    ),
)
def torch_sort_long(session: Session) -> Iterator[Finding]:
    """Sorting more than 2^22 values along the first axis puts them in order.

    On MPS argsort(dim=0) of such a tensor gave another order (pytorch#183885). Sparse attention and
    the pruning of tokens sort the scores of whole videos. Sort on the processor instead.
    """
    import torch

    with untouched():
        # Every number once: k * 1664525 mod a prime runs through all residues.
        numbers = torch.arange(_COUNT, dtype=torch.int64) * 1664525 % 4194319
        columns = torch.stack([numbers, numbers.flip(0)], dim=1).float()
    places, refusal = attempt(lambda: on_host(on_device(columns, session).argsort(dim=0)))
    case = "argsort of 2^22 + 1 values along the first axis"
    if refusal:
        yield fault(session, "operation-refused", f"{case} is refused: {refusal}")
        return
    with untouched():
        wrong = _out_of_order(columns, places)
    if wrong:
        yield fault(session, "operation-wrong", f"{case} differs: {wrong}")


def _out_of_order(columns: Any, places: Any) -> str:
    if tuple(places.shape) != tuple(columns.shape):
        return f"it has shape {tuple(places.shape)}, expected {tuple(columns.shape)}"
    if int(places.min()) < 0 or int(places.max()) >= _COUNT:
        return f"it names places up to {int(places.max())}, expected less than {_COUNT}"
    ordered = columns.gather(0, places.long())
    wrong = int((ordered.diff(dim=0) <= 0).sum())
    return f"{wrong} neighbours are out of order" if wrong else ""
