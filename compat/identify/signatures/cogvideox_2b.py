"""CogVideoX 2B."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = Signature(
    id="cogvideox-2b",
    family="cogvideox",
    variant="2B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("patch_embed.text_proj.weight"),
        Has("transformer_blocks.0.norm1.linear.weight"),
        side("patch_embed.proj.weight", 0, 1920),
        side("patch_embed.proj.weight", 1, 16),
    ),
    form=(
        side("patch_embed.text_proj.weight", 1, 4096),
        Blocks("transformer_blocks", 30),
    ),
    source="diffusers CogVideoXTransformer3DModel",
)
