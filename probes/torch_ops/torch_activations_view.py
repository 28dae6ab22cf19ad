"""Activation functions of views."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-activations-view",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_activations_view(session: Session) -> Iterator[Finding]:
    """SiLU, GELU, ELU and softplus give the same numbers for permuted input.

    Autoencoders apply them to permuted videos. On MPS each of these has returned zeros or other
    elements for such input (pytorch#139006, pytorch#124834, pytorch#131736), which turned Pyramid
    Flow's videos into noise. Update macOS and torch, or make the input contiguous.
    """
    for name in ("silu", "gelu", "elu", "softplus"):
        case = f"{name} of permuted input"
        yield from agrees(session, case, [sample(2, 6, 5, 7, seed=1)], partial(_permuted, name))


def _permuted(name: str, frames: Any) -> Any:
    import torch

    return getattr(torch.nn.functional, name)(frames.permute(0, 2, 3, 1))
