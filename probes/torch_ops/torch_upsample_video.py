"""Enlarging a video in time and space."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-upsample-video",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_upsample_video(session: Session) -> Iterator[Finding]:
    """Enlarging a video to twice its size repeats every value where it belongs.

    Decoders of HunyuanVideo, CogVideoX and Wan enlarge with nearest neighbours. On MPS this ran on
    the processor until torch 2.8 (pytorch#156090), slow but right; in bfloat16 some versions
    refuse. Upcast to float32 around it.
    """
    frames = [sample(1, 3, 3, 6, 8, seed=1)]
    for mode in ("nearest", "nearest-exact"):
        case = f"{mode} upsampling of a 5-D tensor"
        yield from agrees(session, case, frames, partial(_twice, mode))
        # Twice the size is the same in both modes; their rules part where the factor is broken.
        yield from agrees(session, f"{case} to odd sizes", frames, partial(_to_odd_sizes, mode))

    pictures = [sample(3, 4, 6, 8, seed=2)]
    for mode in ("nearest", "nearest-exact"):
        # Wan's decoder enlarges frame by frame.
        case = f"{mode} upsampling of pictures"
        yield from agrees(session, case, pictures, partial(_pictures, mode))


def _pictures(mode: str, frames: Any) -> Any:
    import torch

    return torch.nn.functional.interpolate(frames, size=(9, 13), mode=mode)


def _twice(mode: str, frames: Any) -> Any:
    import torch

    return torch.nn.functional.interpolate(frames, scale_factor=2.0, mode=mode)


def _to_odd_sizes(mode: str, frames: Any) -> Any:
    import torch

    return torch.nn.functional.interpolate(frames, size=(5, 9, 13), mode=mode)
