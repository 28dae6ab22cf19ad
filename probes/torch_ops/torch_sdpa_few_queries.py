"""Attention of a few queries over many keys."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-few-queries",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_few_queries(session: Session) -> Iterator[Finding]:
    """Attention of up to eight queries is right over short and long keys.

    Such calls take kernels of their own on MPS, one for short keys and one with two passes from
    about 1024 keys on; both were wrong for some lengths (pytorch#169222, pytorch#174945). Text
    encoders and cross-attention of small latents make them. Update torch.
    """
    for queries, keys in ((1, 38), (4, 38), (8, 1500), (1, 1500)):
        query = sample(2, 4, queries, 64, seed=1)
        key, value = sample(2, 4, keys, 64, seed=2), sample(2, 4, keys, 64, seed=3)
        case = f"attention of {queries} queries over {keys} keys"
        yield from agrees(session, case, [query, key, value], _attend)


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
