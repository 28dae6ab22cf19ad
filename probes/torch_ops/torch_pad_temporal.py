"""Padding in front of the first frame, as causal video autoencoders do."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample

# The fault was reported from 2^16 pixels a frame on; the second size is the first beyond it.
_SMALL, _LARGE = (24, 32), (256, 272)


@probe(
    "torch-pad-temporal",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_pad_temporal(session: Session) -> Iterator[Finding]:
    """Padding a video in time leaves its frames as they are.

    Causal autoencoders (Wan, HunyuanVideo) pad two frames in front. torch 2.13.0 on MPS corrupts
    this silently when a frame has 65536 values or more (pytorch#194922), so a small preview looks
    right and the full size does not. Update torch, or decode in tiles below that size.
    """
    for height, width in (_SMALL, _LARGE):
        frames = [sample(1, 2, 3, height, width, seed=1)]
        size = f"{width}x{height}"
        yield from agrees(session, f"pad of a 5-D tensor in time, {size},", frames, _in_time)
        yield from agrees(
            session, f"pad of a 5-D tensor in time and space, {size},", frames, _in_both
        )


def _in_time(frames: Any) -> Any:
    import torch

    return torch.nn.functional.pad(frames, (0, 0, 0, 0, 2, 0))


def _in_both(frames: Any) -> Any:
    import torch

    return torch.nn.functional.pad(frames, (1, 1, 1, 1, 2, 0))
