"""Choosing by a condition that is a view."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-where-view",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_where_view(session: Session) -> Iterator[Finding]:
    """A choice between two tensors follows its condition when that is a view.

    Masks for text and for conditioning frames are often transposed or expanded. On MPS where() read
    such a condition as contiguous (pytorch#150967), which masks the wrong tokens. Update torch, or
    make the condition contiguous.
    """
    inputs = [sample(7, 11, seed=1), sample(11, 7, seed=2)]
    yield from agrees(session, "where with a transposed condition", inputs, _transposed)
    yield from agrees(session, "masked_fill with an expanded mask", inputs, _expanded)


def _transposed(decides: Any, values: Any) -> Any:
    import torch

    return torch.where((decides > 0).t(), values, -values)


def _expanded(decides: Any, values: Any) -> Any:
    return values.masked_fill((decides[:1] > 0).t().expand(11, 7), 0.5)
