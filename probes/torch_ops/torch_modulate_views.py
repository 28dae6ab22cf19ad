"""Scaling and shifting tokens by views, as every block of a video transformer does."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-modulate-views",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_modulate_views(session: Session) -> Iterator[Finding]:
    """Adding, multiplying and dividing views gives every value its own partner.

    Blocks scale and shift their tokens by six slices of one projection; decoders put latents back
    to their mean and deviation. Kernels for contiguous operands that are handed such views combine
    values of other channels; fused ones did on MPS (addcmul and addcdiv, pytorch#118115). Make the
    operands contiguous.
    """
    tokens, modulation = sample(2, 24, 30, seed=1), sample(2, 6, 24, seed=2)
    yield from agrees(session, "scale and shift by slices", [tokens, modulation], _modulated)
    latents = [sample(2, 5, 6, 7, 4, seed=3), sample(4, seed=4), sample(4, seed=5).abs() + 0.5]
    yield from agrees(session, "latents to their mean and back", latents, _denormalised)


def _modulated(tokens: Any, modulation: Any) -> Any:
    scale, shift, gate = modulation.permute(1, 0, 2).unsqueeze(2).unbind(0)[:3]
    tokens = tokens.transpose(1, 2)
    return tokens + gate * (tokens * (1 + scale) + shift)


def _denormalised(frames: Any, mean: Any, deviation: Any) -> Any:
    latents = frames.permute(0, 4, 1, 2, 3)
    shape = (1, -1, 1, 1, 1)
    normal = (latents - mean.view(shape)) / deviation.view(shape)
    return normal.transpose(3, 4) / deviation.view(shape) - latents.transpose(3, 4)
