"""Encoder of the Mochi VAE alone, as Genmo publishes it."""

from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("layers.4.layers.1.attn_block.attn.qkv.weight"),
        side("layers.0.weight", 1, 15),
        form=(side("output_proj.weight", 0, 24),),
        channels=("output_norm.weight", 0),
        placement=in_comfyui(note="it cannot decode latents"),
        key="width",
    ),
    id="mochi-vae-encoder",
    family="mochi",
    variant="1, encoder alone, 6x8x8",
    parameters=97222016,
    source="ComfyUI sd.py and genmo vae model.py",
)
