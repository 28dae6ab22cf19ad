"""Tiny image autoencoders: TAESD, and TAEF1 and TAESD3 with 16 channels; previews only."""

from compat.identify.kinds.autoencoder import in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.model import Placement
from compat.identify.predicates import Has, side

PLACEMENT = Placement(
    comfyui_folder="vae_approx",
    diffusers_class="AutoencoderTiny",
    note="a preview decoder: quick and coarse, not for the final clip",
)

SIGNATURE = published(
    layout(
        "publisher",
        Has("taesd_decoder.1.weight"),
        form=(side("taesd_decoder.1.weight", 1, 4, 16), side("taesd_decoder.1.weight", 0, 64)),
        channels=("taesd_decoder.1.weight", 1),
        placement=PLACEMENT,
    ),
    layout(
        "diffusers",
        Has("decoder.layers.2.conv.0.weight"),
        side("decoder.layers.0.weight", 0, 64),
        side("encoder.layers.0.weight", 1, 3),
        form=(side("decoder.layers.0.weight", 1, 4, 16),),
        channels=("decoder.layers.0.weight", 1),
        placement=in_diffusers("AutoencoderTiny"),
    ),
    id="taesd",
    family="tiny-vae",
    variant="TAESD, images, 1x8x8",
    parameters=2445063,
    source="ComfyUI taesd.py; diffusers AutoencoderTiny",
)
