"""The same linear layer called twice."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-linear-repeated",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_linear_repeated(session: Session) -> Iterator[Finding]:
    """A linear layer gives the same numbers at every call.

    Without a bias and with three or more axes, halves on MPS gave other numbers at the second call,
    with errors above 100 (pytorch#180776). A render that goes wrong this way is not repeatable and
    looks like noise. Update torch, or flatten the input to two axes.
    """
    for shape in ((2, 13, 1024), (6, 6, 634), (1, 3, 28, 315)):
        inputs = [sample(*shape, seed=1), sample(shape[-1], shape[-1], seed=2)]
        size = "x".join(str(side) for side in shape)
        yield from agrees(session, f"linear without a bias, twice, on {size}", inputs, _twice)


def _twice(tokens: Any, weight: Any) -> Any:
    import torch

    return torch.stack([torch.nn.functional.linear(tokens, weight) for _ in range(2)])
