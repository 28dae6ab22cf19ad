"""HunyuanVideo 1.5, 8B, with its condition types and glyph encoder."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Has, HasNo, side

SIGNATURE = Signature(
    id="hunyuan-video-1-5",
    family="hunyuan-video",
    variant="1.5 8B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("cond_type_embedding.weight"),
        Has("byt5_in.fc1.weight"),
        HasNo("vector_in."),
    ),
    form=(
        side("img_in.proj.weight", 0, 2048),
        side("img_in.proj.weight", 1, 65),
        side("txt_in.input_embedder.weight", 1, 3584),
        Has("vision_in.proj.0.weight"),
    ),
    source="ComfyUI model_detection.py",
)
