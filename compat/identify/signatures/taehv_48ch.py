"""Tiny video autoencoder of 48 channels: taew2_2."""

from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.3.conv.0.weight"),
        side("decoder.1.weight", 1, 48),
        side("decoder.1.weight", 0, 256),
        form=(side("decoder.22.bias", 0, 12), side("encoder.0.weight", 1, 12)),
        channels=("decoder.1.weight", 1),
        placement=in_comfyui(
            note="a tiny autoencoder: for previews, or drafts where memory is short"
        ),
    ),
    id="taehv-48ch",
    family="tiny-vae",
    variant="TAEHV for Wan 2.2 5B, 4x16x16",
    parameters=11418108,
    source="ComfyUI taehv.py; inferred from its layers, no real header was at hand",
)
