"""Tiny video autoencoder of 16 channels: taew2_1 and taehv, whose headers are the same."""

from compat.identify.kinds.autoencoder import in_comfyui, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.3.conv.0.weight"),
        side("decoder.1.weight", 1, 16),
        side("decoder.1.weight", 0, 256),
        form=(side("decoder.22.bias", 0, 3), side("encoder.0.weight", 1, 3)),
        channels=("decoder.1.weight", 1),
        placement=in_comfyui(
            note="a tiny autoencoder: for previews, or drafts where memory is short"
        ),
    ),
    id="taehv-16ch",
    family="tiny-vae",
    variant="TAEHV for Wan 2.1 or HunyuanVideo, 4x8x8",
    parameters=11315539,
    source="ComfyUI taehv.py; inferred from its layers, no real header was at hand",
)
