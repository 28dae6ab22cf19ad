"""Attention with masks that are shared between heads."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-masks",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_masks(session: Session) -> Iterator[Finding]:
    """Attention reads a mask that is broadcast over batch, heads or queries.

    Text masks have one row for all heads and queries. On MPS a mask of shape [batch, 1, L, L] was
    read at the wrong offset (pytorch#184180) and a boolean one misread (pytorch#182285), so padding
    tokens took part in the picture. Update torch, or expand the mask to full size.
    """
    short = [sample(2, 4, 8, 64, seed=seed) for seed in (1, 2, 3)]
    yield from agrees(session, "attention with a mask shared by the heads", short, _per_batch)
    query = sample(1, 2, 8, 64, seed=4)
    key, value = sample(1, 2, 512, 64, seed=5), sample(1, 2, 512, 64, seed=6)
    long = [query, key, value]
    yield from agrees(session, "attention with a boolean mask of two axes", long, _boolean)
    yield from agrees(session, "attention with one mask row for all queries", long, _padding)


def _attend(query: Any, key: Any, value: Any, mask: Any) -> Any:
    import torch

    attend = torch.nn.functional.scaled_dot_product_attention
    return attend(query, key, value, attn_mask=mask)


def _per_batch(query: Any, key: Any, value: Any) -> Any:
    mask = query.new_zeros(2, 1, 8, 8)
    mask[0, 0, 4:, :4] = float("-inf")
    return _attend(query, key, value, mask)


def _boolean(query: Any, key: Any, value: Any) -> Any:
    import torch

    mask = torch.ones(8, 512, dtype=torch.bool, device=query.device).tril(300)
    return _attend(query, key, value, mask)


def _padding(query: Any, key: Any, value: Any) -> Any:
    mask = query.new_zeros(1, 1, 1, 512)
    mask[..., 400:] = float("-inf")
    return _attend(query, key, value, mask)
