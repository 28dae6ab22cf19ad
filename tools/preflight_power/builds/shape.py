"""The shape of one tiny model: what may differ between two healthy models of one family."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Width (``heads`` of ``head_dim``), layers, latent channels, VAE width, noise shift.

    ``seed`` draws the weights; ``vae_seed`` those of the VAE. ``text_width`` is the width of the
    text encoder.
    """

    seed: int
    heads: int
    head_dim: int
    layers: int
    channels: int
    vae_width: int
    text_width: int
    shift: float
    scheduler: str

    @property
    def width(self) -> int:
        """Inner width of the denoiser."""
        return self.heads * self.head_dim


CHANNELS = {
    "ltx": (8, 16, 32),
    "wan": (16,),
    "hunyuan-video": (4, 8, 16),
    "animatediff": (4,),
    "cogvideox": (4, 8, 16),
}
"""Wan's pipeline takes 16 or 48 latent channels and Stable Diffusion's UNet 4; the others any."""

SCHEDULERS = {
    "ltx": ("flow-euler",),
    "wan": ("unipc", "flow-euler"),
    "hunyuan-video": ("flow-euler",),
    "animatediff": ("ddim", "euler", "dpm"),
    "cogvideox": ("cogvideox-ddim", "cogvideox-dpm"),
}
"""The schedulers that published pipelines of each family come with or are used with."""


def draw_shape(family: str, seed: int) -> Shape:
    """A healthy shape for ``family``; the same seed gives the same shape."""
    rng = np.random.default_rng([seed, 5])
    return Shape(
        seed=seed,
        heads=int(rng.choice([1, 2, 3] if family != "animatediff" else [1, 2])),
        head_dim=int(rng.choice([16, 32])),
        layers=int(rng.choice([1, 2, 3])),
        channels=int(rng.choice(CHANNELS[family])),
        vae_width=int(rng.choice([4, 8])),
        text_width=int(rng.choice([16, 32, 64])),
        shift=float(rng.choice([1.0, 2.0, 3.0, 5.0, 7.0])),
        scheduler=str(rng.choice(SCHEDULERS[family])),
    )
