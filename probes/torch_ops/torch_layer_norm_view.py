"""Layer normalisation of views."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-layer-norm-view",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_layer_norm_view(session: Session) -> Iterator[Finding]:
    """Layer normalisation gives the same numbers for permuted and sliced input.

    Transformers normalise tokens that are views of a video tensor. Kernels that assume contiguous
    rows normalise the wrong values (pytorch#191976, for a compiled graph). Make the input
    contiguous where this is wrong.
    """
    inputs = [sample(2, 48, 30, seed=1) * 2 + 1, sample(48, seed=2), sample(48, seed=3)]
    yield from agrees(session, "layer norm of transposed tokens", inputs, _transposed)
    wide = [sample(2, 30, 96, seed=4) * 2 + 1, sample(48, seed=5), sample(48, seed=6)]
    yield from agrees(session, "layer norm of half of the channels", wide, _half)


def _norm(tokens: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.layer_norm(tokens, (48,), weight, bias)


def _transposed(tokens: Any, weight: Any, bias: Any) -> Any:
    return _norm(tokens.transpose(1, 2), weight, bias)


def _half(tokens: Any, weight: Any, bias: Any) -> Any:
    return _norm(tokens[..., 48:], weight, bias)
