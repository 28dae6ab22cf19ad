"""Decoder of the Mochi VAE alone, as Genmo publishes it."""

from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("blocks.2.blocks.3.stack.5.weight"),
        side("blocks.0.0.weight", 1, 12),
        form=(side("blocks.0.0.weight", 0, 768), side("output_proj.weight", 0, 3)),
        channels=("blocks.0.0.weight", 1),
        placement=in_comfyui(note="it cannot encode images or clips"),
    ),
    id="mochi-vae-decoder",
    family="mochi",
    variant="1, decoder alone, 6x8x8",
    parameters=362526595,
    source="ComfyUI sd.py and genmo vae model.py",
)
