"""LTX-Video 2B (0.9 to 0.9.8) in the publisher's naming."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="ltx-video-2b",
    family="ltx",
    variant="2B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("patchify_proj.weight"),
        Has("adaln_single.linear.weight"),
        Has("caption_projection.linear_1.weight"),
        HasNo("audio_"),
        side("patchify_proj.weight", 0, 2048),
    ),
    form=(
        side("patchify_proj.weight", 1, 128),
        side("caption_projection.linear_1.weight", 1, 4096),
        Blocks("transformer_blocks", 28),
    ),
    source="ComfyUI model_detection.py; diffusers single_file_utils.py",
)
