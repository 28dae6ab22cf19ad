"""VAE of Flux and of Stable Diffusion 3, images only: 16 channels."""

from compat.identify.component_predicates import Dimensions
from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, side

NOTE = "an image VAE; Flux and SD3 have one header, their weights are not interchangeable"

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.mid.block_1.norm1.weight"),
        Dimensions("decoder.conv_in.weight", 4),
        side("decoder.conv_in.weight", 1, 16),
        form=(side("decoder.conv_in.weight", 0, 512), Blocks("decoder.up", 4)),
        channels=("decoder.conv_in.weight", 1),
        placement=in_comfyui("AutoencoderKL", NOTE),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.norm1.weight"),
        Dimensions("decoder.conv_in.weight", 4),
        side("decoder.conv_in.weight", 1, 16),
        form=(side("decoder.conv_in.weight", 0, 512), Blocks("decoder.up_blocks", 4)),
        channels=("decoder.conv_in.weight", 1),
        placement=in_comfyui("AutoencoderKL", NOTE),
    ),
    id="flux-vae",
    family="flux",
    variant="Flux or SD3, 1x8x8",
    parameters=83819683,
    source="ComfyUI autoencoder.py; diffusers AutoencoderKL",
)
