"""VAE of Mochi 1: whole, decoder alone or encoder alone."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout, published
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
        "publisher, decoder only",
        Has("blocks.2.blocks.3.stack.5.weight"),
        form=(side("blocks.0.0.weight", 1, 12), side("blocks.0.0.weight", 0, 768)),
        channels=("blocks.0.0.weight", 1),
        placement=in_comfyui(note="the decoder alone: it cannot encode images or clips"),
    ),
    layout(
        "publisher, encoder only",
        Has("layers.4.layers.1.attn_block.attn.qkv.weight"),
        form=(side("output_proj.weight", 0, 24),),
        channels=("layers.0.weight", 0),
        placement=in_comfyui(note="the encoder alone: it cannot decode latents"),
        key="width",
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
