"""VAE of CogVideoX, all versions."""

from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.model import Placement
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.mid.block_1.norm1.norm_layer.weight"),
        side("decoder.conv_in.conv.weight", 1, 16),
        form=(side("decoder.conv_in.conv.weight", 0, 512), Blocks("decoder.up", 4)),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=Placement(
            comfyui_folder="vae",
            note="the publisher's 3d-vae.pt: convert it to diffusers, or load it with the wrapper",
        ),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.norm1.norm_layer.weight"),
        side("decoder.conv_in.conv.weight", 1, 16),
        form=(side("decoder.conv_in.conv.weight", 0, 512), Blocks("decoder.up_blocks", 4)),
        channels=("decoder.conv_in.conv.weight", 1),
        placement=in_comfyui(
            "AutoencoderKLCogVideoX", "VAELoader takes it since 2026, before that CogVideoXWrapper"
        ),
    ),
    id="cogvideox-vae",
    family="cogvideox",
    variant="all versions, 4x8x8",
    parameters=215583907,
    source="diffusers AutoencoderKLCogVideoX and its converter; ComfyUI sd.py",
)
