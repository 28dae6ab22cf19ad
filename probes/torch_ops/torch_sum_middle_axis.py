"""Sums over an axis that is not the last."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-sum-middle-axis",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_sum_middle_axis(session: Session) -> Iterator[Finding]:
    """A sum over a middle axis is right.

    Averages over time and over tokens are such sums; on MPS in torch 2.4 they were wrong for some
    shapes (pytorch#132732), and text embeddings were averaged wrongly. Update torch.
    """
    tokens = [sample(3, 33, 17, 5, seed=1)]
    yield from agrees(session, "sum over a middle axis", tokens, _middle)
    yield from agrees(session, "mean over time and width", tokens, _two)


def _middle(tokens: Any) -> Any:
    return tokens.sum(dim=1)


def _two(tokens: Any) -> Any:
    return tokens.mean(dim=(1, 3))
