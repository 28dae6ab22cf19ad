"""Two-dimensional convolutions of shapes at the edges of what kernels are made for."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv2d-shapes",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv2d_shapes(session: Session) -> Iterator[Finding]:
    """A convolution is right for one channel, for many, and for kernels as large as a patch.

    Patch embeddings have kernels of 14 or 16 and the same stride; one such was six times too large
    on an AMD MI250X (pytorch#102968). One channel in bfloat16 kept one term of four on processors
    with torch 2.5.1 (pytorch#163347). Update torch, or compute this layer in float32.
    """
    patches = [sample(2, 3, 56, 70, seed=1), sample(32, 3, 14, 14, seed=2)]
    yield from agrees(session, "conv2d of patches of 14", patches, _patches)
    sound = [sample(2, 1, 64, 46, seed=3), sample(48, 1, 16, 16, seed=4)]
    yield from agrees(session, "conv2d with a kernel of 16 and a stride of 10", sound, _spectra)
    single = [sample(1, 1, 2, 2, seed=5), sample(1, 1, 2, 2, seed=6)]
    yield from agrees(session, "conv2d of one channel to one value", single, _plain)


def _patches(frames: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv2d(frames, weight, stride=14)


def _spectra(frames: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv2d(frames, weight, stride=10)


def _plain(frames: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv2d(frames, weight)
