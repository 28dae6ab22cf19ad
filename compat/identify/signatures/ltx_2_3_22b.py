"""LTX-2.3 22B: prompt modulation and gated attention, text projection outside the blocks."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="ltx-2-3-22b",
    family="ltx2",
    variant="2.3 22B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("patchify_proj.weight"),
        Has("audio_adaln_single.linear.weight"),
        Has("prompt_adaln_single.linear.weight"),
        HasNo("keyframes_abs_pos_embedding"),
    ),
    form=(
        side("adaln_single.linear.weight", 0, 36864),
        HasNo("caption_projection."),
        Blocks("transformer_blocks", 48),
    ),
    source="ComfyUI model_detection.py; ltx-pipelines detect_params",
)
