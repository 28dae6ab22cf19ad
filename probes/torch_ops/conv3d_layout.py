"""Convolution over time and space in the layouts that video models use."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "conv3d-layout",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def conv3d_layout(session: Session) -> Iterator[Finding]:
    """A 3-D convolution gives the same numbers in every memory layout.

    Video autoencoders and patch embeddings are 3-D convolutions. They were silently wrong on MPS
    for some layouts (pytorch#141471, channels last) and macOS versions (pytorch#197114, wrong on
    26.2 and right on 26.7 with the same torch). Update macOS and torch, or decode on the processor.
    """
    latents = sample(1, 8, 5, 12, 16, seed=1)
    weight, bias = sample(24, 8, 3, 3, 3, seed=2), sample(24, seed=3)
    yield from agrees(session, "conv3d, contiguous", [latents, weight, bias], _plain)
    yield from agrees(session, "conv3d, channels last", [latents, weight, bias], _channels_last)
    frames_last = [latents.permute(0, 1, 3, 4, 2).contiguous(), weight, bias]
    yield from agrees(session, "conv3d, permuted input", frames_last, _permuted)


def _plain(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.conv3d(latents, weight, bias, padding=1)


def _channels_last(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    layout = torch.channels_last_3d
    return _plain(latents.to(memory_format=layout), weight.to(memory_format=layout), bias)


def _permuted(latents: Any, weight: Any, bias: Any) -> Any:
    return _plain(latents.permute(0, 1, 4, 2, 3), weight, bias)
