"""The largest values, more than 16 of them and over five axes."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, ordered


@probe(
    "torch-topk-many",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_topk_many(session: Session) -> Iterator[Finding]:
    """The largest 30 values are found, and the largest along the first of five axes.

    Sparse attention and samplers use topk. On MPS the values behind the sixteenth were zeros
    (pytorch#78915), and five axes ended the process with an assertion (pytorch#154890). Update
    torch.
    """
    yield from agrees(session, "the 30 largest of 60", [ordered(2, 60, seed=1)], _thirty)
    yield from agrees(session, "their places", [ordered(2, 60, seed=1)], _places)
    video = [ordered(5, 4, 3, 2, 1, seed=2)]
    yield from agrees(session, "the largest along the first of five axes", video, _first_axis)


def _thirty(values: Any) -> Any:
    return values.topk(30).values


def _places(values: Any) -> Any:
    return values.topk(30).indices.to(values.dtype)


def _first_axis(values: Any) -> Any:
    return values.topk(5, dim=0).values
