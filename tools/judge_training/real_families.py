"""The autoencoder classes of five families at tiny width, with their true compression.

The widths are ours; what a fault in latents looks like follows from the rest: how a position of
the latent spans pixels and frames, how the picture grows back, what the norms do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One autoencoder class: ``time`` frames and ``space`` px a side make one latent position.

    A clip has ``step * k + 1`` frames: CogVideoX decodes an even number of latents in time wrongly.
    """

    build: Callable[[], Any]
    time: int
    step: int
    space: int


def _ltx() -> Any:
    from diffusers import AutoencoderKLLTXVideo

    return AutoencoderKLLTXVideo(
        latent_channels=128, block_out_channels=(64,) * 4,
        decoder_block_out_channels=(64,) * 4, layers_per_block=(1,) * 5,
        decoder_layers_per_block=(1,) * 5,
    )  # fmt: skip


def _wan() -> Any:
    from diffusers import AutoencoderKLWan

    return AutoencoderKLWan(base_dim=8, z_dim=16, dim_mult=[1, 2, 4, 4], num_res_blocks=1)


def _hunyuan() -> Any:
    from diffusers import AutoencoderKLHunyuanVideo

    return AutoencoderKLHunyuanVideo(
        latent_channels=16, block_out_channels=(8, 16, 32, 32), layers_per_block=1,
        norm_num_groups=1, down_block_types=("HunyuanVideoDownBlock3D",) * 4,
        up_block_types=("HunyuanVideoUpBlock3D",) * 4,
    )  # fmt: skip


def _cogvideox() -> Any:
    from diffusers import AutoencoderKLCogVideoX

    return AutoencoderKLCogVideoX(
        latent_channels=16, block_out_channels=(8, 16, 32, 32), layers_per_block=1,
        norm_num_groups=1, down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4,
    )  # fmt: skip


def _sd() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        latent_channels=4, block_out_channels=(16, 32, 32, 32), layers_per_block=1,
        norm_num_groups=1, down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
    )  # fmt: skip


FAMILIES: Mapping[str, Family] = {
    "sd": Family(build=_sd, time=1, step=1, space=8),
    "wan": Family(build=_wan, time=4, step=4, space=8),
    "hunyuan": Family(build=_hunyuan, time=4, step=4, space=8),
    "ltx": Family(build=_ltx, time=8, step=8, space=32),
    "cogvideox": Family(build=_cogvideox, time=4, step=8, space=8),
}
"""The compression of the published models; "sd" is the one of AnimateDiff, frame by frame."""


def encoded(vae: Any, pixels: Any) -> Any:
    """Return raw latents [N, C, t, h, w] of pixels [N, 3, T, H, W] from -1 to 1."""
    if not _by_frame(vae):
        return vae.encode(pixels).latent_dist.mode()
    frames = pixels.transpose(1, 2)
    flat = vae.encode(frames.flatten(0, 1)).latent_dist.mode()
    return flat.unflatten(0, frames.shape[:2]).transpose(1, 2)


def decoded(vae: Any, latents: Any) -> Any:
    """Return pixels [N, 3, T, H, W] of raw latents."""
    if not _by_frame(vae):
        return vae.decode(latents).sample
    frames = latents.transpose(1, 2)
    flat = vae.decode(frames.flatten(0, 1)).sample
    return flat.unflatten(0, frames.shape[:2]).transpose(1, 2)


def _by_frame(vae: Any) -> bool:
    return type(vae).__name__ == "AutoencoderKL"


def record_statistics(vae: Any, latents: Any) -> None:
    """Write mean and spread of raw latents to where this class keeps them for its pipelines."""
    mean, spread = latents.mean((0, 2, 3, 4)), latents.std((0, 2, 3, 4))
    match type(vae).__name__:
        case "AutoencoderKLLTXVideo":
            vae.latents_mean.copy_(mean)
            vae.latents_std.copy_(spread)
        case "AutoencoderKLWan":
            vae.register_to_config(latents_mean=mean.tolist(), latents_std=spread.tolist())
        case _:
            # One factor; the mean stays in the latents, as it does in the published models.
            vae.register_to_config(scaling_factor=float(1 / latents.std()))


def statistics(vae: Any) -> tuple[Any, Any]:
    """Return (mean, spread) [C, 1, 1, 1] that a pipeline of this class undoes."""
    import torch

    match type(vae).__name__:
        case "AutoencoderKLLTXVideo":
            mean, spread = vae.latents_mean, vae.latents_std
        case "AutoencoderKLWan":
            mean = torch.tensor(vae.config.latents_mean)
            spread = torch.tensor(vae.config.latents_std)
        case _:
            mean = torch.zeros(vae.config.latent_channels)
            spread = torch.full_like(mean, 1 / vae.config.scaling_factor)
    return mean.float()[:, None, None, None], spread.float()[:, None, None, None]
