"""CogVideoX 1.5 5B: patches span two latent frames, embedded by a linear layer."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = Signature(
    id="cogvideox-1-5-5b",
    family="cogvideox",
    variant="1.5 5B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("patch_embed.text_proj.weight"),
        Has("transformer_blocks.0.norm1.linear.weight"),
        side("patch_embed.proj.weight", 0, 3072),
        side("patch_embed.proj.weight", 1, 128, 256),
    ),
    form=(
        side("patch_embed.text_proj.weight", 1, 4096),
        Blocks("transformer_blocks", 42),
    ),
    source="diffusers CogVideoXTransformer3DModel",
)
