"""The autoencoders of the model families, small enough for a processor, and how each is tiled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The share of a tile that the next one begins at; WanGP's overlap of 0.25.
STEP = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoencoder:
    """One class of diffusers: how it is made, and how many pixels one of its latents covers."""

    name: str
    pixels: int
    make: Callable[[], Any]
    tile: Callable[[Any, int], None]
    channels: int = 3
    video: bool = True

    @property
    def safe_tile(self) -> int:
        """The smallest tile whose step is a whole number of latents."""
        return 4 * self.pixels

    def latents(self, count: int) -> Any:
        """One frame of ``count`` by ``count`` latents in which no two are alike, within 0.5."""
        import torch

        ramp = torch.linspace(-0.45, 0.45, count * count).reshape(count, count)
        return ramp.expand(1, 4, *(1,) * self.video, count, count).contiguous()


def by_step(autoencoder: Any, size: int) -> None:
    """Switch tiling on where the class takes the step between tiles in pixels."""
    autoencoder.enable_tiling(
        tile_sample_min_height=size,
        tile_sample_min_width=size,
        tile_sample_stride_height=int(size * STEP),
        tile_sample_stride_width=int(size * STEP),
    )


def by_overlap(autoencoder: Any, size: int) -> None:
    """Switch tiling on where the class takes the share by which tiles overlap."""
    autoencoder.enable_tiling(
        tile_sample_min_height=size,
        tile_sample_min_width=size,
        tile_overlap_factor_height=1 - STEP,
        tile_overlap_factor_width=1 - STEP,
    )


def by_attribute(autoencoder: Any, size: int) -> None:
    """Switch tiling on where the class takes no size; scripts write to its attributes then."""
    autoencoder.enable_tiling()
    autoencoder.tile_sample_min_size = size
    # Eight pixels to a latent, as AutoencoderKL itself divides.
    autoencoder.tile_latent_min_size = int(size / 8)
    autoencoder.tile_overlap_factor = 1 - STEP


def _ltx() -> Any:
    from diffusers import AutoencoderKLLTXVideo

    return AutoencoderKLLTXVideo(
        latent_channels=4,
        block_out_channels=(8,) * 4,
        decoder_block_out_channels=(8,) * 4,
        layers_per_block=(1,) * 5,
        decoder_layers_per_block=(1,) * 5,
    )


def _ltx_2() -> Any:
    from diffusers import AutoencoderKLLTX2Video

    return AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(8,) * 4,
        decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1,) * 5,
        decoder_layers_per_block=(1,) * 4,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    )


def _wan(**more: Any) -> Any:
    from diffusers import AutoencoderKLWan

    return AutoencoderKLWan(
        base_dim=8,
        z_dim=4,
        dim_mult=[1] * 4,
        num_res_blocks=1,
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
        **more,
    )


def _wan_2_2() -> Any:
    patches: dict[str, Any] = {"in_channels": 12, "out_channels": 12, "patch_size": 2}
    return _wan(is_residual=True, decoder_base_dim=8, scale_factor_spatial=16, **patches)


def _hunyuan() -> Any:
    from diffusers import AutoencoderKLHunyuanVideo

    return AutoencoderKLHunyuanVideo(
        latent_channels=4, block_out_channels=(8,) * 4, layers_per_block=1, norm_num_groups=4
    )


def _animatediff() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=4,
    )


def _cogvideox() -> Any:
    from diffusers import AutoencoderKLCogVideoX

    return AutoencoderKLCogVideoX(
        latent_channels=4, block_out_channels=(8,) * 4, layers_per_block=1, norm_num_groups=4
    )


def _mochi() -> Any:
    from diffusers import AutoencoderKLMochi

    # Its norms have 32 groups, whatever the width.
    widths = (32,) * 4
    return AutoencoderKLMochi(
        latent_channels=4,
        encoder_block_out_channels=widths,
        decoder_block_out_channels=widths,
        layers_per_block=(1,) * 5,
    )


AUTOENCODERS = (
    Autoencoder(name="ltx", pixels=32, make=_ltx, tile=by_step),
    Autoencoder(name="ltx-2", pixels=32, make=_ltx_2, tile=by_step),
    Autoencoder(name="wan-2.1", pixels=8, make=_wan, tile=by_step),
    Autoencoder(name="wan-2.2", pixels=16, make=_wan_2_2, tile=by_step, channels=12),
    Autoencoder(name="hunyuan-video", pixels=8, make=_hunyuan, tile=by_step),
    Autoencoder(name="animatediff", pixels=8, make=_animatediff, tile=by_attribute, video=False),
    Autoencoder(name="cogvideox", pixels=8, make=_cogvideox, tile=by_overlap),
    Autoencoder(name="mochi", pixels=8, make=_mochi, tile=by_step),
)


def built(kind: Autoencoder) -> Any:
    """The autoencoder with weights that are the same on every machine."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return kind.make().eval()


def enlarging(kind: Autoencoder) -> Any:
    """The autoencoder with a decoder that only makes every latent a square of equal pixels.

    What is left is the class's own cutting, blending and joining of tiles, and what it should give
    is known to the last pixel: what the same decoder gives in one piece.
    """
    import torch

    # Wan 2.2 puts the last factor of two into its channels.
    factor = kind.pixels // (2 if kind.channels == 12 else 1)
    pair = kind.name in ("cogvideox", "mochi")

    class Enlarging(torch.nn.Module):
        def forward(self, latents: Any, *_more: Any, **_options: Any) -> Any:
            wide = latents[:, :1].repeat_interleave(factor, -1).repeat_interleave(factor, -2)
            picture = wide.expand(wide.shape[0], kind.channels, *wide.shape[2:]).contiguous()
            return (picture, None) if pair else picture

    class Through(torch.nn.Module):
        def forward(self, latents: Any, *_more: Any, **_options: Any) -> Any:
            return latents

    autoencoder = built(kind)
    autoencoder.decoder = Enlarging()
    if getattr(autoencoder, "post_quant_conv", None) is not None:
        autoencoder.post_quant_conv = Through()
    return autoencoder
