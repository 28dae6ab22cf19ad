"""Convolution over time and space on channels-last and permuted input."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv3d-channels-last",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv3d_channels_last(session: Session) -> Iterator[Finding]:
    """A 3-D convolution is right for channels-last and permuted input.

    Loaders choose this layout for speed, and permuting frames makes it by accident. On MPS a
    strided convolution of such input was silently wrong (pytorch#141471), and LTX-Video came out
    as noise. Update torch, or make the input contiguous.
    """
    latents = sample(1, 8, 5, 12, 16, seed=1)
    weight, bias = sample(24, 8, 3, 3, 3, seed=2), sample(24, seed=3)
    inputs = [latents, weight, bias]
    yield from agrees(session, "conv3d of channels_last_3d input", inputs, _channels_last)
    yield from agrees(session, "conv3d with strides of channels_last_3d input", inputs, _strided)
    channels_behind = [latents.permute(0, 2, 3, 4, 1).contiguous(), weight, bias]
    yield from agrees(session, "conv3d of permuted input", channels_behind, _permuted)


def _channels_last(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    layout = torch.channels_last_3d
    latents, weight = latents.to(memory_format=layout), weight.to(memory_format=layout)
    return torch.nn.functional.conv3d(latents, weight, bias, padding=1)


def _strided(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    latents = latents.to(memory_format=torch.channels_last_3d)
    return torch.nn.functional.conv3d(latents, weight, bias, stride=(1, 2, 2))


def _permuted(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.conv3d(latents.permute(0, 4, 1, 2, 3), weight, bias, padding=1)
