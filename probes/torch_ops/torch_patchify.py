"""Latents to tokens and back."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-patchify",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_patchify(session: Session) -> Iterator[Finding]:
    """Packing a video into patches and unpacking it again loses nothing.

    Every video transformer packs patches with eight-axis reshapes and permutations before its first
    layer. Metal kernels handle at most a few axes at once, and a wrong one shuffles the picture.
    Make the latents contiguous before and after.
    """
    latents = [sample(1, 4, 4, 6, 8, seed=1)]
    yield from agrees(session, "packing latents into patches", latents, _packed)
    yield from agrees(session, "packing and unpacking latents", latents, _round_trip)
    yield from agrees(session, "pixel unshuffle", [sample(2, 3, 8, 12, seed=2)], _unshuffled)


def _packed(latents: Any) -> Any:
    patches = latents.reshape(1, 4, 2, 2, 3, 2, 4, 2)
    return patches.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(4, 7).flatten(1, 3) * 1


def _round_trip(latents: Any) -> Any:
    tokens = _packed(latents).reshape(1, 2, 3, 4, 4, 2, 2, 2)
    return tokens.permute(0, 4, 1, 5, 2, 6, 3, 7).flatten(6, 7).flatten(4, 5).flatten(2, 3) * 1


def _unshuffled(frames: Any) -> Any:
    import torch

    return torch.nn.functional.pixel_unshuffle(frames, 2) * 1
