"""What one fault declares, and what it is handed."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

ALL = ("ltx", "wan", "hunyuan-video", "animatediff", "cogvideox")


@dataclass(frozen=True, slots=True)
class Target:
    """A pipeline that was just loaded; ``undo`` takes what must be put back after the preflight.

    ``rng`` draws where the fault strikes; the same case strikes the same place.
    """

    pipeline: Any
    family: str
    rng: np.random.Generator
    undo: ExitStack

    @property
    def denoiser(self) -> Any:
        """The transformer or the UNet."""
        return getattr(self.pipeline, "transformer", None) or self.pipeline.unet

    @property
    def vae(self) -> Any:
        """The autoencoder."""
        return self.pipeline.vae

    @property
    def scheduler(self) -> Any:
        """The scheduler."""
        return self.pipeline.scheduler


Inject = Callable[[Target], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way for a render to be garbage without an error.

    ``stage`` is where it strikes; ``families`` those that have what it breaks. ``engine`` faults
    belong to the device or its kernels: a reference computed elsewhere does not have them.
    """

    id: str
    stage: str
    title: str
    inject: Inject
    families: tuple[str, ...] = ALL
    engine: bool = False
