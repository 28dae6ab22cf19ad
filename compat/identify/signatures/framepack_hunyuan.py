"""FramePack on HunyuanVideo: diffusers naming, with compressed-history embedders."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = Signature(
    id="framepack-hunyuan",
    family="hunyuan-video",
    variant="FramePack I2V",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("clean_x_embedder.proj.weight"),
        Has("x_embedder.proj.weight"),
    ),
    form=(
        side("x_embedder.proj.weight", 0, 3072),
        Blocks("transformer_blocks", 20),
        Blocks("single_transformer_blocks", 40),
    ),
    source="FramePack; ComfyUI core has no loader for it, FramePackWrapper has",
)
