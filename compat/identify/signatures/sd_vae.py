"""VAE of Stable Diffusion 1 and 2, and of SDXL: the headers are the same."""

from compat.identify.component_predicates import Dimensions
from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, HasNo, side

NOTE = "the VAEs of SD 1.x, SD 2.x and SDXL have one header; their weights are not interchangeable"

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.mid.block_1.norm1.weight"),
        Dimensions("decoder.conv_in.weight", 4),
        side("decoder.conv_in.weight", 1, 4),
        # Stable Video Diffusion's decoder blends frames.
        HasNo("decoder.mid.block_1.mix_factor"),
        form=(side("decoder.conv_in.weight", 0, 512), Blocks("decoder.up", 4)),
        channels=("decoder.conv_in.weight", 1),
        placement=in_comfyui("AutoencoderKL", NOTE),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.norm1.weight"),
        Dimensions("decoder.conv_in.weight", 4),
        side("decoder.conv_in.weight", 1, 4),
        form=(side("decoder.conv_in.weight", 0, 512), Blocks("decoder.up_blocks", 4)),
        channels=("decoder.conv_in.weight", 1),
        placement=in_comfyui("AutoencoderKL", NOTE),
    ),
    id="sd-vae",
    family="stable-diffusion",
    variant="SD 1, SD 2 or SDXL, 1x8x8",
    parameters=83653863,
    source="ComfyUI autoencoder.py; diffusers AutoencoderKL",
)
