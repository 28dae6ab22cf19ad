"""Convolutions with more output channels than 16 bits can count."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv-many-channels",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv_many_channels(session: Session) -> Iterator[Finding]:
    """A convolution is right, or refused, above 65536 output channels.

    On MPS before torch 2.5 the channels beyond were wrong without an error (pytorch#129207), later
    ones refuse with "Output channels > 65536 not supported" (pytorch#142836). Pixel shuffles of
    large factors have that many. Compute such a layer on the processor, or in parts.
    """
    inputs = [sample(1, 2, 4, seed=1), sample(65600, 2, 1, seed=2)]
    yield from agrees(session, "conv1d to 65600 channels", inputs, _one)
    pictures = [sample(1, 1, 2, 3, seed=3), sample(65600, 1, 1, 1, seed=4)]
    yield from agrees(session, "conv2d to 65600 channels", pictures, _two)


def _one(waves: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv1d(waves, weight)


def _two(frames: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv2d(frames, weight)
