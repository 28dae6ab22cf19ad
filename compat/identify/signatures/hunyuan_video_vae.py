"""VAE of HunyuanVideo and FramePack."""

from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.mid.block_1.conv1.conv.weight"),
        Has("decoder.mid.block_1.norm1.weight"),
        side("decoder.conv_in.conv.weight", 1, 16),
        form=(
            side("decoder.conv_in.conv.weight", 0, 512),
            side("post_quant_conv.weight", 0, 16),
            Blocks("decoder.up", 4),
        ),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_comfyui("AutoencoderKLHunyuanVideo"),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.conv1.conv.weight"),
        Has("decoder.mid_block.resnets.0.norm1.weight"),
        side("decoder.conv_in.conv.weight", 1, 16),
        form=(
            side("decoder.conv_in.conv.weight", 0, 512),
            side("post_quant_conv.weight", 0, 16),
            Blocks("decoder.up_blocks", 4),
        ),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_comfyui(
            "AutoencoderKLHunyuanVideo",
            "ComfyUI renames this layout by a converter made for Stable Diffusion; take "
            "hunyuan_video_vae_bf16.safetensors where that fails",
        ),
    ),
    id="hunyuan-video-vae",
    family="hunyuan-video",
    variant="1.0 (also FramePack), 4x8x8",
    generation="1.0",
    parameters=246478803,
    source="ComfyUI sd.py; diffusers AutoencoderKLHunyuanVideo",
)
