"""Attention whose values have another width than its keys."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sdpa-value-width",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_value_width(session: Session) -> Iterator[Finding]:
    """Attention returns the width of its values, not of its keys.

    Some cross-attention layers have narrower values. On MPS the result came out with the width of
    the keys (pytorch#176767). Pad the values, or compute this attention in parts.
    """
    tokens = [sample(1, 2, 16, 32, seed=1), sample(1, 2, 16, 32, seed=2)]
    tokens.append(sample(1, 2, 16, 24, seed=3))
    yield from agrees(session, "attention with values of another width", tokens, _attend)


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
