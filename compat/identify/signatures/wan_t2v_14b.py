"""Wan text-to-video 14B: 2.1, or one of the two experts of 2.2 A14B; the headers are the same."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import OTHER_WAN, Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="wan-t2v-14b",
    family="wan",
    variant="2.1 T2V 14B or one 2.2 T2V A14B expert",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("head.modulation"),
        Has("blocks.0.self_attn.norm_q.weight"),
        Has("text_embedding.0.weight"),
        side("head.modulation", -1, 5120),
        side("patch_embedding.weight", 1, 16),
        HasNo("img_emb."),
        HasNo(OTHER_WAN),
    ),
    form=(
        side("blocks.0.ffn.0.weight", 0, 13824),
        side("text_embedding.0.weight", 1, 4096),
        Blocks("blocks", 40),
    ),
    source="ComfyUI model_detection.py; Wan 2.1 and 2.2 configs",
)
