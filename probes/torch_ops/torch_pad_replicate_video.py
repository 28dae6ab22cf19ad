"""Padding that repeats the first frame."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-pad-replicate-video",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_pad_replicate_video(session: Session) -> Iterator[Finding]:
    """Padding a video by repeating its border is right.

    The causal convolutions of HunyuanVideo repeat the first frame and the border pixels. Padding of
    five-axis tensors has its own code on every device. Decode on the processor where this is wrong.
    """
    frames = [sample(1, 3, 4, 10, 12, seed=1)]
    yield from agrees(session, "replication pad of a 5-D tensor", frames, _replicated)


def _replicated(frames: Any) -> Any:
    import torch

    return torch.nn.functional.pad(frames, (1, 1, 1, 1, 2, 0), mode="replicate")
