"""Writes the model folder of one build, or says where the embedded one lies."""

from pathlib import Path
from typing import Any

import numpy as np

from runners.embedded import embedded_model
from tools.preflight_power.builds.families import FAMILIES
from tools.preflight_power.builds.shape import draw_shape

WEIGHT_NOISE = (0.0, 0.002, 0.005, 0.01)
"""How far a trained build's weights are moved, as a share of each tensor's spread: two published
fine-tunings of one model lie further apart, bfloat16 rounding is 0.002 of a value."""


def build(source: str, family: str, seed: int, folder: Path, trained: Path | None) -> Path:
    """The folder of a build; written to ``folder`` unless it is there or is the embedded model."""
    if source == "embedded":
        return embedded_model()
    if not (folder / "model_index.json").exists():
        if source == "drawn":
            _draw(family, seed, folder)
        elif trained is not None:
            _vary(trained / family, seed, folder)
    return folder


def _draw(family: str, seed: int, folder: Path) -> None:
    import torch

    torch.manual_seed(seed)
    shape = draw_shape(family, seed)
    FAMILIES[family](shape, {}).save_pretrained(folder)


def _vary(source: Path, seed: int, folder: Path) -> None:
    """A copy of a trained model whose weights and scheduler differ a little."""
    import diffusers
    import torch

    rng = np.random.default_rng([seed, 3])
    pipeline: Any = diffusers.DiffusionPipeline.from_pretrained(source, local_files_only=True)
    generator = torch.Generator().manual_seed(seed)
    amount = float(rng.choice(WEIGHT_NOISE))
    for name in ("transformer", "unet", "vae"):
        part = getattr(pipeline, name, None)
        for parameter in part.parameters() if part is not None else ():
            if parameter.numel() > 1:
                noise = torch.randn(parameter.shape, generator=generator)
                parameter.data.add_(amount * parameter.data.std() * noise)
    pipeline.save_pretrained(folder)
