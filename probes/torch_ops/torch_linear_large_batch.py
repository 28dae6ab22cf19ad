"""Linear layers on more than 65536 rows of tokens."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-linear-large-batch",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_linear_large_batch(session: Session) -> Iterator[Finding]:
    """A linear layer with a bias is right for a batch above 65536.

    Windowed attention and per-pixel layers put space into the batch. From 65537 on, torch 2.12 to
    2.14 on MPS wrote rows over each other without an error (pytorch#189495), and other rows at each
    call. Update torch, or flatten the input to two axes before the layer.
    """
    # The first batch beyond 16 bits; the fault needs a bias and three axes.
    inputs = [sample(65537, 2, 8, seed=1), sample(16, 8, seed=2), sample(16, seed=3)]
    yield from agrees(session, "linear with a bias on a batch of 65537", inputs, _linear)


def _linear(tokens: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.linear(tokens, weight, bias)
