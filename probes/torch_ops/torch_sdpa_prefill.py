"""Attention over a few hundred tokens, where the large kernels begin."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-prefill",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_prefill(session: Session) -> Iterator[Finding]:
    """Attention over 513 tokens is right for the head sizes that video models have.

    torch 2.13 brought a new kernel on MPS for more than eight queries with heads of 32 to 256
    (pytorch#181575), and the tokens behind the last full block are where such kernels go wrong. Set
    PYTORCH_MPS_DISABLE_PREFILL_ATTENTION=1, or update torch.
    """
    for size in (64, 128):
        tokens = [sample(1, 2, 513, size, seed=seed) for seed in (1, 2, 3)]
        yield from agrees(
            session, f"attention over 513 tokens with heads of {size}", tokens, _attend
        )


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
