"""A convolution over a video with more values than 31 bits can count."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.chosen_rows import agrees_in_rows
from probes.numerics import sample

# 128 channels of a 49-frame clip at 600 x 600: just beyond 2^31 values, 4.5 GB in a half.
_CHANNELS, _FRAMES, _SIDE = 128, 49, 600


@probe(
    "torch-conv3d-huge-output",
    family="torch-ops",
    # Processors have not had this, and take minutes for it.
    needs=Needs(
        modules=("torch",),
        devices=("cuda", "mps"),
        memory_mib=16000,
        seconds=300,
        level=Level.LONG,
    ),
)
def torch_conv3d_huge_output(session: Session) -> Iterator[Finding]:
    """A bfloat16 convolution with more than 2^31 results is right.

    Decoders make such layers at full size. With cuDNN 9.8 to 9.10 they were wrong on CUDA without
    an error (pytorch#163539, pytorch#166643), and MPS needs 64-bit positions for them. Decode in
    tiles.
    """
    weight = sample(_CHANNELS, 1, 3, 3, 3, seed=1)
    frames = sample(1, 1, _FRAMES, _SIDE, _SIDE, seed=2)
    case = f"conv3d to {_CHANNELS} channels of {_FRAMES} frames, beyond 2^31 values,"
    yield from agrees_in_rows(
        session, case, [weight, frames], _convolved, dtype="bfloat16", axes=(0, 1)
    )


def _convolved(weight: Any, frames: Any) -> Any:
    import torch

    return torch.nn.functional.conv3d(frames, weight, padding=1)
