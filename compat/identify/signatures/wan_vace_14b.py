"""Wan 2.1 VACE 14B."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = Signature(
    id="wan-vace-14b",
    family="wan",
    variant="2.1 VACE 14B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("head.modulation"),
        Has("blocks.0.self_attn.norm_q.weight"),
        Has("text_embedding.0.weight"),
        side("head.modulation", -1, 5120),
        side("patch_embedding.weight", 1, 16),
        Has("vace_patch_embedding.weight"),
    ),
    form=(
        side("blocks.0.ffn.0.weight", 0, 13824),
        side("text_embedding.0.weight", 1, 4096),
        Blocks("blocks", 40),
    ),
    source="ComfyUI model_detection.py; Wan 2.1 and 2.2 configs",
)
