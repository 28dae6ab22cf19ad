"""VAE of LTX-2.0: that of LTX-Video 0.9.5 with a decoder that is told no timestep."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.up_blocks.0.res_blocks.0.conv1.conv.weight"),
        HasNo("decoder.last_time_embedder."),
        side("decoder.conv_in.conv.weight", 0, 1024),
        side("encoder.conv_out.conv.weight", 1, 2048),
        form=(
            side("decoder.conv_in.conv.weight", 1, 128),
            Blocks("decoder.up_blocks", 7),
        ),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_comfyui("AutoencoderKLLTX2Video", "the LTX-2 bundle carries it"),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.conv1.conv.weight"),
        side("decoder.conv_in.conv.weight", 1, 128),
        HasNo("decoder.time_embedder."),
        side("decoder.conv_in.conv.weight", 0, 1024),
        side("encoder.conv_out.conv.weight", 1, 2048),
        form=(Blocks("decoder.up_blocks", 3),),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_diffusers("AutoencoderKLLTX2Video"),
    ),
    id="ltx-2-vae",
    family="ltx2",
    variant="2.0, 8x32x32",
    generation="2.0",
    parameters=1222479601,
    source="ltx-core in the LTX-2 19B configuration; diffusers AutoencoderKLLTX2Video",
)
