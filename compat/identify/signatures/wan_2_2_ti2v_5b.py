"""Wan 2.2 text-and-image-to-video 5B, for the 48-channel VAE."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import OTHER_WAN, Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="wan-2-2-ti2v-5b",
    family="wan",
    variant="2.2 TI2V 5B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("head.modulation"),
        Has("blocks.0.self_attn.norm_q.weight"),
        Has("text_embedding.0.weight"),
        side("head.modulation", -1, 3072),
        side("patch_embedding.weight", 1, 48),
        HasNo("img_emb."),
        HasNo(OTHER_WAN),
    ),
    form=(
        side("blocks.0.ffn.0.weight", 0, 14336),
        side("text_embedding.0.weight", 1, 4096),
        Blocks("blocks", 30),
    ),
    source="ComfyUI model_detection.py; Wan 2.1 and 2.2 configs",
)
