"""Linear layers whose weight is a view."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-linear-noncontiguous",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_linear_noncontiguous(session: Session) -> Iterator[Finding]:
    """A linear layer gives the same numbers when its weight is a view.

    Loaders that split or transpose fused projections leave such weights. torch 2.8.0 computed them
    wrongly on MPS without an error (pytorch#161640). Update torch, or make weights contiguous.
    """
    tokens, bias = sample(2, 37, 48, seed=1), sample(64, seed=3)
    transposed = [tokens, sample(48, 64, seed=2), bias]
    yield from agrees(
        session, "linear with a noncontiguous weight (transposed)", transposed, _transposed
    )
    fused = [tokens, sample(192, 48, seed=4), bias]
    yield from agrees(session, "linear with a slice of a fused weight", fused, _sliced)
    wide = [tokens, sample(64, 96, seed=5), bias]
    yield from agrees(
        session, "linear with a noncontiguous weight (every other column)", wide, _strided
    )


def _linear(tokens: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.linear(tokens, weight, bias)


def _transposed(tokens: Any, weight: Any, bias: Any) -> Any:
    return _linear(tokens, weight.t(), bias)


def _sliced(tokens: Any, weight: Any, bias: Any) -> Any:
    return _linear(tokens, weight[64:128], bias)


def _strided(tokens: Any, weight: Any, bias: Any) -> Any:
    return _linear(tokens, weight[:, ::2], bias)
