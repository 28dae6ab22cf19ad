"""LTX-Video 13B (0.9.7, 0.9.8) in the publisher's naming."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="ltx-video-13b",
    family="ltx",
    variant="13B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("patchify_proj.weight"),
        Has("adaln_single.linear.weight"),
        Has("caption_projection.linear_1.weight"),
        HasNo("audio_"),
        side("patchify_proj.weight", 0, 4096),
    ),
    form=(
        side("patchify_proj.weight", 1, 128),
        side("caption_projection.linear_1.weight", 1, 4096),
        Blocks("transformer_blocks", 48),
    ),
    source="ComfyUI model_detection.py; diffusers single_file_utils.py",
)
