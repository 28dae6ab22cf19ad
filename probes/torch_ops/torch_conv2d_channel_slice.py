"""Two-dimensional convolution of some of the channels."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv2d-channel-slice",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv2d_channel_slice(session: Session) -> Iterator[Finding]:
    """A convolution is right when its input is a slice of the channels.

    Models split channels with chunk() and hand the views on. On MPS a slice of a channels-last
    tensor (pytorch#180984) and the second half of a batch (pytorch#169342) were read wrongly.
    Update torch, or make the slice contiguous.
    """
    inputs = [sample(2, 8, 10, 14, seed=1), sample(5, 4, 3, 3, seed=2)]
    yield from agrees(session, "conv2d of a slice of channels-last input", inputs, _channels_last)
    yield from agrees(session, "conv2d of the second half of the channels", inputs, _second_half)


def _channels_last(frames: Any, weight: Any) -> Any:
    import torch

    frames = frames.to(memory_format=torch.channels_last)
    return torch.nn.functional.conv2d(frames[:, :4], weight, padding=1)


def _second_half(frames: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv2d(frames.chunk(2, dim=1)[1], weight, padding=1)
