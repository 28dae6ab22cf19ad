"""Two-dimensional convolution with a slice of a video kernel."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-conv2d-weight-slice",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_conv2d_weight_slice(session: Session) -> Iterator[Finding]:
    """A convolution is right when its weight is a slice of a larger one.

    Taking one time step out of a five-axis kernel, weight[:, :, k], is how a video convolution is
    done frame by frame. On MPS such a weight was read as if it were contiguous (pytorch#192212).
    Update torch, or make the slice contiguous.
    """
    inputs = [sample(2, 16, 12, 20, seed=1), sample(6, 16, 3, 3, 3, seed=2)]
    yield from agrees(session, "conv2d with a slice of a 5-D weight", inputs, _middle)


def _middle(frames: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.conv2d(frames, weight[:, :, 1])
