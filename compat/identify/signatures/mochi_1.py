"""Mochi 1 in the publisher's naming."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = Signature(
    id="mochi-1",
    family="mochi",
    variant="10B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("t5_yproj.weight"),
        Has("blocks.0.attn.qkv_x.weight"),
    ),
    form=(
        side("x_embedder.proj.weight", 1, 12),
        Blocks("blocks", 48),
    ),
    source="ComfyUI model_detection.py; diffusers single_file_utils.py",
)
