"""Convolution over time and space in the default layout."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv3d-contiguous",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv3d_contiguous(session: Session) -> Iterator[Finding]:
    """A 3-D convolution is right in the default layout.

    Video autoencoders and patch embeddings are 3-D convolutions. On MPS they were silently wrong
    under macOS 26.2 and right under 26.7 with the same torch (pytorch#197114). Update macOS, or
    decode on the processor.
    """
    latents = sample(1, 8, 5, 12, 16, seed=1)
    weight, bias = sample(24, 8, 3, 3, 3, seed=2), sample(24, seed=3)
    inputs = [latents, weight, bias]
    yield from agrees(session, "conv3d in the contiguous layout", inputs, _padded)
    yield from agrees(session, "conv3d with strides in the contiguous layout", inputs, _strided)
    # The report of pytorch#197114: few channels in, many out.
    wide = [sample(1, 8, 3, 8, 8, seed=4), sample(512, 8, 3, 3, 3, seed=5), sample(512, seed=6)]
    yield from agrees(
        session, "conv3d from 8 to 512 channels in the contiguous layout", wide, _padded
    )


def _padded(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.conv3d(latents, weight, bias, padding=1)


def _strided(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.conv3d(latents, weight, bias, stride=(1, 2, 2))
