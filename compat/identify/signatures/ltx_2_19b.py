"""LTX-2 19B: video and audio in one transformer, Gemma captions projected inside."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="ltx-2-19b",
    family="ltx2",
    variant="2.0 19B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("patchify_proj.weight"),
        Has("audio_adaln_single.linear.weight"),
        Has("caption_projection.linear_1.weight"),
    ),
    form=(
        side("adaln_single.linear.weight", 0, 24576),
        side("caption_projection.linear_1.weight", 1, 3840),
        HasNo("prompt_adaln_single."),
        Blocks("transformer_blocks", 48),
    ),
    source="ComfyUI model_detection.py; diffusers convert_ltx2_to_diffusers.py",
)
