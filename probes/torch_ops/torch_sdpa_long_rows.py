"""Attention over thousands of tokens with heads that have no kernel of their own."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import HALVES, agrees, sample


@probe(
    "torch-sdpa-long-rows",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sdpa_long_rows(session: Session) -> Iterator[Finding]:
    """Attention over 4096 tokens keeps its precision in halves.

    AnimateDiff attends over the 64x64 latents of a picture with heads of 40, a width that fused
    kernels leave out. Where the scores are then kept in halves, sums over more than some 3000
    tokens lose up to 2 % (pytorch#190791, MPS). Take torch 2.13 or later, or float32.
    """
    # Only some queries, so that the float64 reference stays cheap; each sums over all the keys.
    tokens = [sample(1, 1, 512, 40, seed=1), sample(1, 1, 4096, 40, seed=2)]
    tokens.append(sample(1, 1, 4096, 40, seed=3) + 1)
    case = "attention over 4096 tokens with heads of 40"
    yield from agrees(session, case, tokens, _attend, dtypes=HALVES)


def _attend(query: Any, key: Any, value: Any) -> Any:
    import torch

    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
