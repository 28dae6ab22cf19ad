"""Attention on queries, keys and values that are views of one projection."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-permuted",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_permuted(session: Session) -> Iterator[Finding]:
    """Attention gives the same numbers for permuted and contiguous inputs.

    Transformers hand scaled_dot_product_attention views, not copies, of their projections. On MPS
    permuted inputs were read as if they were contiguous (pytorch#181133, pytorch#163597), which
    turns a video into noise without an error. Update torch, or make the inputs contiguous.
    """
    # The Metal path that went wrong took batches above one and heads of 64 or more.
    tokens = [sample(2, 40, 4, 64, seed=seed) for seed in (1, 2, 3)]
    yield from agrees(session, "attention with permuted inputs", tokens, _permuted)
    yield from agrees(session, "attention with contiguous inputs", tokens, _contiguous)
    packed = [sample(2, 40, 3, 4, 64, seed=4)]
    yield from agrees(session, "attention with permuted views of one projection", packed, _packed)


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)


def _permuted(*tokens: Any) -> Any:
    return _attend(*(tensor.permute(0, 2, 1, 3) for tensor in tokens))


def _contiguous(*tokens: Any) -> Any:
    return _attend(*(tensor.permute(0, 2, 1, 3).contiguous() for tensor in tokens))


def _packed(projection: Any) -> Any:
    return _attend(*projection.permute(2, 0, 3, 1, 4).unbind(0))
