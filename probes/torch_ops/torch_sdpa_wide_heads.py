"""Attention with one wide head, as in autoencoders."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-wide-heads",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_wide_heads(session: Session) -> Iterator[Finding]:
    """Attention is right for heads of 384 and 512.

    The middle blocks of the autoencoders of Wan (384) and HunyuanVideo (512) attend with a single
    head as wide as their channels. That is outside the list of fast kernels, so another path runs
    than in the transformer. Decode on the processor where this is wrong.
    """
    for size in (384, 512):
        tokens = [sample(1, 1, 96, size, seed=seed) for seed in (1, 2, 3)]
        yield from agrees(session, f"attention with one head of {size}", tokens, _attend)


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
