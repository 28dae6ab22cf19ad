"""One-dimensional convolution with a stride, as vocoders have it."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv1d-strided",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv1d_strided(session: Session) -> Iterator[Finding]:
    """A one-dimensional convolution with a stride is right.

    Audio parts of video models (vocoders, audio autoencoders) are made of these; on MPS strided
    ones were wrong (pytorch#82921). Run the audio part on the processor.
    """
    inputs = [sample(2, 6, 101, seed=1), sample(9, 6, 5, seed=2)]
    yield from agrees(session, "conv1d with a stride of 2", inputs, _strided)
    transposed = [sample(2, 6, 51, seed=3), sample(6, 4, 4, seed=4)]
    yield from agrees(session, "transposed conv1d with a stride of 2", transposed, _transposed)


def _strided(waves: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv1d(waves, weight, stride=2, padding=2)


def _transposed(waves: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv_transpose1d(waves, weight, stride=2, padding=1)
