"""Sorting a transposed tensor."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, ordered


@probe(
    "torch-sort-view",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sort_view(session: Session) -> Iterator[Finding]:
    """Sorting reads a transposed tensor along the axis it was asked for.

    Schedulers sort sigmas and samplers sort scores. On MPS sort and argsort ignored strides
    (pytorch#175187) and sorted other elements. Update torch, or make the input contiguous.
    """
    # Distinct values that every dtype holds exactly, so that there is one right order.
    values = [ordered(7, 9, seed=1)]
    yield from agrees(session, "sort of a transposed tensor", values, _sorted)
    yield from agrees(session, "argsort of a transposed tensor", values, _places)


def _sorted(values: Any) -> Any:
    return values.t().sort(dim=0).values


def _places(values: Any) -> Any:
    return values.t().argsort(dim=0).to(values.dtype)
