"""VAE of Mochi 1, encoder and decoder."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.blocks.2.blocks.3.stack.5.weight"),
        form=(side("decoder.blocks.0.0.weight", 1, 12), side("decoder.blocks.0.0.weight", 0, 768)),
        channels=("decoder.blocks.0.0.weight", 1),
        placement=in_comfyui("AutoencoderKLMochi"),
    ),
    layout(
        "diffusers",
        Has("decoder.block_in.resnets.0.norm1.norm_layer.weight"),
        form=(side("decoder.conv_in.weight", 1, 12), side("encoder.proj_in.weight", 1, 15)),
        channels=("decoder.conv_in.weight", 1),
        placement=in_diffusers("AutoencoderKLMochi"),
    ),
    id="mochi-vae",
    family="mochi",
    variant="1, 6x8x8",
    parameters=459748611,
    source="ComfyUI genmo vae model.py; diffusers AutoencoderKLMochi",
)
