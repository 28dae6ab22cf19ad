"""VAE of LTX-Video 0.9.1: wide decoder that is told the timestep and adds noise of its own."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.up_blocks.0.res_blocks.0.conv1.conv.weight"),
        Has("decoder.last_time_embedder.timestep_embedder.linear_1.weight"),
        side("decoder.conv_in.conv.weight", 0, 1024),
        side("encoder.conv_out.conv.weight", 1, 512),
        form=(
            side("decoder.conv_in.conv.weight", 1, 128),
            Blocks("decoder.up_blocks", 7),
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
        Has("decoder.time_embedder.timestep_embedder.linear_1.weight"),
        side("decoder.conv_in.conv.weight", 0, 1024),
        side("encoder.conv_out.conv.weight", 1, 512),
        form=(Blocks("decoder.up_blocks", 3),),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_diffusers("AutoencoderKLLTXVideo"),
    ),
    id="ltx-vae-0-9-1",
    family="ltx",
    variant="0.9.1, 8x32x32, timestep-conditioned decoder",
    generation="0.9",
    parameters=934976434,
    source="ComfyUI causal_video_autoencoder.py version 1; diffusers AutoencoderKLLTXVideo",
)
