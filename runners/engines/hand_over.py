"""What a pipeline handed from its last step to the VAE, and from the VAE to the file."""

import inspect
from pathlib import Path
from typing import Any

from runners.engines.autoencoder import DecodeTap
from runners.engines.evidence import HandOver
from runners.engines.latent_layout import laid_out
from runners.engines.latent_scale import normalised
from runners.engines.statistics import distance, on_cpu


def hand_over(pipeline: Any, tap: DecodeTap, final: Any, frames: str) -> HandOver:
    """Compare the last step's latents with the VAE's, and the VAE's frames with those saved."""
    return HandOver(latents=_of_latents(pipeline, tap, final), frames=_of_frames(tap, frames),
                    epsilon=_epsilon(tap))  # fmt: skip


def _of_latents(pipeline: Any, tap: DecodeTap, final: Any) -> float | None:
    latents = tap.all_latents()
    config = getattr(tap.vae, "config", None)
    if latents is None or final is None or config is None or latents.ndim not in (4, 5):
        return None
    if "image" in inspect.signature(pipeline.__call__).parameters:
        return None  # a pipeline that starts from a picture puts it back in
    if config.get("timestep_conditioning", False):
        return None  # such a decoder is handed noise on top
    known = laid_out(normalised(tap.vae, latents), tuple(final.shape))
    return None if known is None else distance(on_cpu(final), known)


def _of_frames(tap: DecodeTap, path: str) -> float | None:
    import numpy as np

    video = tap.whole_video()
    if video is None or not path or not Path(path).is_file():
        return None
    saved = np.load(path, mmap_mode="r")
    wanted = video.permute(0, 2, 3, 1).numpy() * 255
    if saved.shape != wanted.shape:
        return float("inf") if len(saved) != len(wanted) else None
    return float(max(np.abs(one - two).max() for one, two in zip(saved, wanted, strict=True)))


def _epsilon(tap: DecodeTap) -> float:
    import torch

    return float(torch.finfo(tap.latents.dtype).eps) if tap.latents is not None else 0.0
