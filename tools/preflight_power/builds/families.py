"""One function per family: a shape becomes a pipeline of the real diffusers classes."""

from collections.abc import Callable, Mapping
from typing import Any

from tools.preflight_power.builds import text
from tools.preflight_power.builds.schedulers import scheduler
from tools.preflight_power.builds.shape import Shape


def ltx(shape: Shape, parts: Mapping[str, Any]) -> Any:
    """LTXPipeline with its compression of 32 and 8; ``parts`` replaces components."""
    from diffusers import LTXPipeline

    return LTXPipeline(
        scheduler=parts.get("scheduler") or scheduler("flow-euler", shape.shift),
        vae=parts.get("vae") or ltx_vae(shape),
        **_t5(shape, parts),
        transformer=parts.get("transformer") or ltx_transformer(shape),
    )


def ltx_transformer(shape: Shape) -> Any:
    """LTX's transformer."""
    from diffusers import LTXVideoTransformer3DModel

    return LTXVideoTransformer3DModel(
        in_channels=shape.channels, out_channels=shape.channels, num_attention_heads=shape.heads,
        attention_head_dim=shape.head_dim, cross_attention_dim=shape.width,
        num_layers=shape.layers, caption_channels=shape.text_width,
    )  # fmt: skip


def ltx_vae(shape: Shape) -> Any:
    """LTX's VAE, untrained."""
    from diffusers import AutoencoderKLLTXVideo

    return AutoencoderKLLTXVideo(
        latent_channels=shape.channels, block_out_channels=(shape.vae_width,) * 4,
        decoder_block_out_channels=(shape.vae_width,) * 4, layers_per_block=(1,) * 5,
        decoder_layers_per_block=(1,) * 5, spatio_temporal_scaling=(True, True, True, False),
        decoder_spatio_temporal_scaling=(True, True, True, False),
        decoder_inject_noise=(False,) * 5, upsample_residual=(False,) * 4,
        upsample_factor=(1,) * 4, timestep_conditioning=False, patch_size=4,
    )  # fmt: skip


def wan(shape: Shape, parts: Mapping[str, Any]) -> Any:
    """WanPipeline with one expert, as Wan 2.1 has."""
    from diffusers import WanPipeline

    return WanPipeline(
        **_t5(shape, parts),
        vae=parts.get("vae") or wan_vae(shape),
        scheduler=parts.get("scheduler") or scheduler(shape.scheduler, shape.shift),
        transformer=parts.get("transformer") or wan_transformer(shape),
    )


def wan_transformer(shape: Shape) -> Any:
    """Wan's transformer."""
    from diffusers import WanTransformer3DModel

    return WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=shape.heads, attention_head_dim=shape.head_dim,
        in_channels=shape.channels, out_channels=shape.channels, text_dim=shape.text_width,
        freq_dim=64, ffn_dim=2 * shape.width, num_layers=shape.layers, cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
    )  # fmt: skip


def wan_vae(shape: Shape) -> Any:
    """Wan's VAE, untrained."""
    from diffusers import AutoencoderKLWan

    return AutoencoderKLWan(
        base_dim=shape.vae_width // 2, z_dim=shape.channels, dim_mult=[1, 1, 1, 1],
        num_res_blocks=1, temperal_downsample=[False, True, True],
    )  # fmt: skip


def hunyuan_video(shape: Shape, parts: Mapping[str, Any]) -> Any:
    """HunyuanVideoPipeline with its two text encoders."""
    from diffusers import HunyuanVideoPipeline

    tokenizer, encoder = parts.get("text") or text.llama(shape.text_width)
    tokenizer_2, encoder_2 = parts.get("text_2") or text.clip(shape.text_width)
    return HunyuanVideoPipeline(
        text_encoder=encoder,
        tokenizer=tokenizer,
        text_encoder_2=encoder_2,
        tokenizer_2=tokenizer_2,
        transformer=parts.get("transformer") or hunyuan_video_transformer(shape),
        vae=parts.get("vae") or hunyuan_video_vae(shape),
        scheduler=parts.get("scheduler") or scheduler("flow-euler", shape.shift),
    )


def hunyuan_video_transformer(shape: Shape) -> Any:
    """HunyuanVideo's transformer: two-stream layers, then as many of one stream."""
    from diffusers import HunyuanVideoTransformer3DModel

    side = 6 if shape.head_dim == 16 else 12
    return HunyuanVideoTransformer3DModel(
        in_channels=shape.channels, out_channels=shape.channels, num_attention_heads=shape.heads,
        attention_head_dim=shape.head_dim, num_layers=shape.layers,
        num_single_layers=shape.layers, num_refiner_layers=1, patch_size=2, patch_size_t=1,
        guidance_embeds=True, text_embed_dim=shape.text_width,
        pooled_projection_dim=shape.text_width,
        rope_axes_dim=(shape.head_dim - 2 * side, side, side),
    )  # fmt: skip


def hunyuan_video_vae(shape: Shape) -> Any:
    """HunyuanVideo's VAE, untrained."""
    from diffusers import AutoencoderKLHunyuanVideo

    return AutoencoderKLHunyuanVideo(
        latent_channels=shape.channels, block_out_channels=(shape.vae_width,) * 4,
        layers_per_block=1, norm_num_groups=4,
        down_block_types=("HunyuanVideoDownBlock3D",) * 4,
        up_block_types=("HunyuanVideoUpBlock3D",) * 4,
    )  # fmt: skip


def animatediff(shape: Shape, parts: Mapping[str, Any]) -> Any:
    """AnimateDiffPipeline: an image UNet and a motion adapter of 32 positions."""
    from diffusers import AnimateDiffPipeline

    tokenizer, encoder = parts.get("text") or text.clip(shape.text_width)
    unet, adapter = parts.get("unet") or animatediff_unet(shape)
    return AnimateDiffPipeline(
        vae=parts.get("vae") or animatediff_vae(shape),
        text_encoder=encoder,
        tokenizer=tokenizer,
        unet=unet,
        motion_adapter=adapter,
        scheduler=parts.get("scheduler") or scheduler(shape.scheduler, shape.shift),
    )


def animatediff_unet(shape: Shape) -> tuple[Any, Any]:
    """The image UNet and the motion adapter."""
    from diffusers import MotionAdapter, UNet2DConditionModel

    channels = (shape.width, shape.width)
    unet = UNet2DConditionModel(
        block_out_channels=channels, layers_per_block=1, sample_size=8, in_channels=4,
        out_channels=4, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=shape.text_width, norm_num_groups=2,
        attention_head_dim=shape.head_dim,
    )  # fmt: skip
    adapter = MotionAdapter(
        block_out_channels=channels, motion_layers_per_block=1, motion_norm_num_groups=2,
        motion_num_attention_heads=2, motion_max_seq_length=32,
    )  # fmt: skip
    return unet, adapter


def animatediff_vae(shape: Shape) -> Any:
    """Stable Diffusion's VAE, untrained."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(shape.vae_width,) * 4, norm_num_groups=2, latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    )  # fmt: skip


def cogvideox(shape: Shape, parts: Mapping[str, Any]) -> Any:
    """CogVideoXPipeline with rotary positions, as the 5B has."""
    from diffusers import CogVideoXPipeline

    return CogVideoXPipeline(
        **_t5(shape, parts),
        vae=parts.get("vae") or cogvideox_vae(shape),
        transformer=parts.get("transformer") or cogvideox_transformer(shape),
        scheduler=parts.get("scheduler") or scheduler(shape.scheduler, shape.shift),
    )


def cogvideox_transformer(shape: Shape) -> Any:
    """CogVideoX's transformer."""
    from diffusers import CogVideoXTransformer3DModel

    return CogVideoXTransformer3DModel(
        num_attention_heads=shape.heads, attention_head_dim=shape.head_dim,
        in_channels=shape.channels, out_channels=shape.channels, time_embed_dim=shape.width,
        text_embed_dim=shape.text_width, num_layers=shape.layers, sample_width=8, sample_height=8,
        sample_frames=9, use_rotary_positional_embeddings=True,
    )  # fmt: skip


def cogvideox_vae(shape: Shape) -> Any:
    """CogVideoX's VAE, untrained."""
    from diffusers import AutoencoderKLCogVideoX

    return AutoencoderKLCogVideoX(
        block_out_channels=(shape.vae_width,) * 4, latent_channels=shape.channels,
        layers_per_block=1, norm_num_groups=2, down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4, sample_height=64, sample_width=64,
    )  # fmt: skip


def _t5(shape: Shape, parts: Mapping[str, Any]) -> dict[str, Any]:
    tokenizer, encoder = parts.get("text") or text.t5(shape.text_width)
    return {"tokenizer": tokenizer, "text_encoder": encoder}


FAMILIES: Mapping[str, Callable[[Shape, Mapping[str, Any]], Any]] = {
    "ltx": ltx,
    "wan": wan,
    "hunyuan-video": hunyuan_video,
    "animatediff": animatediff,
    "cogvideox": cogvideox,
}
