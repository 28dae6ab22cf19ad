"""Rotary embedding by halves and by pairs."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-cat-rotated",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_cat_rotated(session: Session) -> Iterator[Finding]:
    """Rotating queries by halves or by pairs puts every value where it belongs.

    Rotary positions stack and concatenate strided views of the queries. On MPS cat and stack read
    such views as contiguous (pytorch#78043), which destroys where a token stands in the video.
    Update torch, or make the views contiguous.
    """
    inputs = [sample(2, 3, 10, 16, seed=1), sample(10, 16, seed=2), sample(10, 16, seed=3)]
    yield from agrees(session, "rotary embedding by halves", inputs, _by_halves)
    yield from agrees(session, "rotary embedding by pairs", inputs, _by_pairs)


def _by_halves(query: Any, cosine: Any, sine: Any) -> Any:
    import torch

    first, second = query.chunk(2, dim=-1)
    return query * cosine + torch.cat((-second, first), dim=-1) * sine


def _by_pairs(query: Any, cosine: Any, sine: Any) -> Any:
    import torch

    rotated = torch.stack((-query[..., 1::2], query[..., ::2]), dim=-1).flatten(-2)
    return query * cosine + rotated * sine
