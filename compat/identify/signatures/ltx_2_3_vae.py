"""VAE of LTX-2.3, and the convolutional one of LTX-2.5: nine stages in the decoder."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.up_blocks.0.res_blocks.0.conv1.conv.weight"),
        HasNo("decoder.last_time_embedder."),
        side("decoder.conv_in.conv.weight", 0, 1024),
        side("encoder.conv_out.conv.weight", 1, 1024),
        form=(
            side("decoder.conv_in.conv.weight", 1, 128),
            Blocks("decoder.up_blocks", 9),
        ),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_comfyui(
            "AutoencoderKLLTX2Video", "2.3 and 2.5 have the same header; LTX-2.0 latents are others"
        ),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.conv1.conv.weight"),
        side("decoder.conv_in.conv.weight", 1, 128),
        HasNo("decoder.time_embedder."),
        side("decoder.conv_in.conv.weight", 0, 1024),
        side("encoder.conv_out.conv.weight", 1, 1024),
        form=(Blocks("decoder.up_blocks", 4),),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_diffusers("AutoencoderKLLTX2Video"),
    ),
    id="ltx-2-3-vae",
    family="ltx2",
    variant="2.3 or 2.5 convolutional, 8x32x32",
    generation="2.3",
    parameters=726105969,
    source="ltx-core in the LTX-2.3 22B configuration; 170 tensors in the published bundle",
)
