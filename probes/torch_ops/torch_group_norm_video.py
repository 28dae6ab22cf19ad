"""Group normalisation over frames, height and width."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-group-norm-video",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_group_norm_video(session: Session) -> Iterator[Finding]:
    """Group normalisation of a video gives the same numbers in every memory layout.

    The autoencoders of HunyuanVideo and CogVideoX normalise five-dimensional tensors, partly
    permuted ones; kernels that were written for pictures have read such views as contiguous.
    Decode on the processor where this is wrong.
    """
    weight, bias = sample(16, seed=2), sample(16, seed=3)
    contiguous = [sample(1, 16, 3, 10, 12, seed=1) * 3 + 1, weight, bias]
    yield from agrees(session, "group norm of a contiguous video", contiguous, _plain)
    frames_first = [sample(1, 3, 16, 10, 12, seed=4) * 3 + 1, weight, bias]
    yield from agrees(session, "group norm of a permuted video", frames_first, _permuted)


def _plain(frames: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.group_norm(frames, 4, weight, bias)


def _permuted(frames: Any, weight: Any, bias: Any) -> Any:
    return _plain(frames.permute(0, 2, 1, 3, 4), weight, bias)
