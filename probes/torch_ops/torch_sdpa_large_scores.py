"""Attention whose scores do not fit into half precision."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import HALVES, agrees, sample


@probe(
    "torch-sdpa-large-scores",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_large_scores(session: Session) -> Iterator[Finding]:
    """Attention stays finite when its scores are beyond what float16 can hold.

    Scores are sums of products and pass 65504 long before the inputs do; a kernel that keeps them
    in float16 returns NaN (pytorch#160841), and the render turns black in the middle. Use bfloat16,
    or upcast the attention.
    """
    # 64 products of about 100 x 100: the raw scores reach some 10^5 times the softmax scale of 1/8.
    tokens = [sample(1, 2, 40, 64, seed=1) * 100, sample(1, 2, 40, 64, seed=2) * 100]
    tokens.append(sample(1, 2, 40, 64, seed=3))
    yield from agrees(session, "attention with scores above 65504", tokens, _attend, dtypes=HALVES)


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
