"""VAE of LTX-Video 0.9.0: narrow decoder without a timestep."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.up_blocks.0.res_blocks.0.conv1.conv.weight"),
        side("decoder.conv_in.conv.weight", 0, 512),
        HasNo("decoder.last_time_embedder."),
        form=(
            side("decoder.conv_in.conv.weight", 1, 128),
            side("encoder.conv_out.conv.weight", 1, 512),
            Blocks("decoder.up_blocks", 10),
        ),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_comfyui(
            "AutoencoderKLLTXVideo", "the checkpoint of the same version carries it"
        ),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.conv1.conv.weight"),
        side("decoder.conv_in.conv.weight", 1, 128),
        side("decoder.conv_in.conv.weight", 0, 512),
        HasNo("decoder.time_embedder."),
        form=(
            side("encoder.conv_out.conv.weight", 1, 512),
            Blocks("decoder.up_blocks", 4),
        ),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_diffusers("AutoencoderKLLTXVideo"),
    ),
    id="ltx-vae-0-9-0",
    family="ltx",
    variant="0.9.0, 8x32x32",
    generation="0.9",
    parameters=419193649,
    source="ComfyUI causal_video_autoencoder.py version 0; diffusers AutoencoderKLLTXVideo",
)
