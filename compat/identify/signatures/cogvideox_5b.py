"""CogVideoX 5B, text (16 channels) or image (32)."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = Signature(
    id="cogvideox-5b",
    family="cogvideox",
    variant="5B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("patch_embed.text_proj.weight"),
        Has("transformer_blocks.0.norm1.linear.weight"),
        side("patch_embed.proj.weight", 0, 3072),
        side("patch_embed.proj.weight", 1, 16, 32),
    ),
    form=(
        side("patch_embed.text_proj.weight", 1, 4096),
        Blocks("transformer_blocks", 42),
    ),
    source="diffusers CogVideoXTransformer3DModel",
)
