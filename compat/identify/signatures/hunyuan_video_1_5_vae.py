"""VAE of HunyuanVideo 1.5: 32 channels at 16 x 16."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.mid.block_1.norm1.gamma"),
        side("decoder.conv_in.conv.weight", 1, 32),
        form=(side("decoder.conv_in.conv.weight", 0, 1024), Blocks("decoder.up", 5)),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_comfyui("AutoencoderKLHunyuanVideo15"),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.norm1.gamma"),
        Has("decoder.mid_block.resnets.0.conv1.conv.weight"),
        side("decoder.conv_in.conv.weight", 1, 32),
        form=(side("decoder.conv_in.conv.weight", 0, 1024), Blocks("decoder.up_blocks", 5)),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_diffusers("AutoencoderKLHunyuanVideo15"),
    ),
    id="hunyuan-video-1-5-vae",
    family="hunyuan-video",
    variant="1.5, 4x16x16",
    generation="1.5",
    parameters=1260634115,
    source="ComfyUI vae_refiner.py; diffusers AutoencoderKLHunyuanVideo15",
)
