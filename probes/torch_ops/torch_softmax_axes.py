"""Softmax over an axis that is not the last, and of scores that are masked."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-softmax-axes",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_softmax_axes(session: Session) -> Iterator[Finding]:
    """Softmax is right over any axis, for masked scores and for large ones.

    Attention that is sliced or written by hand (``--use-split-cross-attention``, older
    autoencoders) takes softmax of its scores itself, in halves and of views. A kernel without the
    subtraction of the largest score overflows, one for the last axis mixes the tokens up. Use the
    fused attention of torch.
    """
    scores = [sample(3, 37, 50, seed=1) * 8]
    yield from agrees(session, "softmax over a middle axis", scores, _middle)
    yield from agrees(session, "softmax of masked scores", scores, _masked)
    # Beyond what exp() of float16 (11) and of float32 (88) holds.
    large = [sample(3, 37, 50, seed=2) * 8 + 200]
    yield from agrees(session, "softmax of scores around 200", large, _last)


def _middle(scores: Any) -> Any:
    return scores.softmax(dim=1)


def _masked(scores: Any) -> Any:
    import torch

    hidden = torch.ones_like(scores, dtype=torch.bool).triu(20)
    return scores.masked_fill(hidden, float("-inf")).softmax(dim=-1)


def _last(scores: Any) -> Any:
    return scores.transpose(1, 2).softmax(dim=-1)
