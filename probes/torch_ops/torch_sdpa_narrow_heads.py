"""Attention with heads narrower than the blocks of fast kernels."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-narrow-heads",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_narrow_heads(session: Session) -> Iterator[Finding]:
    """Attention is right for heads of 8 and for widths that are no multiple of 8.

    Tiny models and some audio parts have such heads. On AMD cards attention in halves gave wrong
    numbers for heads of 8 (pytorch#119772). Update torch, or choose the plain back end.
    """
    for size in (8, 20):
        tokens = [sample(5, 4, 10, size, seed=seed) for seed in (1, 2, 3)]
        yield from agrees(session, f"attention with heads of {size}", tokens, _attend)


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
