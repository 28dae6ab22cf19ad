"""Transposed convolution over time and space."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv-transpose3d",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv_transpose3d(session: Session) -> Iterator[Finding]:
    """A transposed 3-D convolution is right.

    Some upscalers and interpolators end with one. MPS refuses it up to torch 2.7, and in halves
    ever since ("ConvTranspose 3D with BF16 or FP16 types is not supported on MPS"). Run that part
    in float32, or on the processor.
    """
    inputs = [sample(1, 6, 3, 7, 9, seed=1), sample(6, 4, 2, 3, 4, seed=2)]
    yield from agrees(session, "transposed conv3d with strides", inputs, _enlarged)


def _enlarged(frames: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv_transpose3d(frames, weight, stride=(1, 2, 2), padding=(0, 1, 1))
