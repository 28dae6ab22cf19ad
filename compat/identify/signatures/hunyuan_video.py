"""HunyuanVideo 13B in the publisher's naming, text-to-video (16 channels) or image (33, 32)."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="hunyuan-video",
    family="hunyuan-video",
    variant="13B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("txt_in.individual_token_refiner.blocks.0.norm1.weight"),
        Has("img_in.proj.weight"),
        Has("vector_in.in_layer.weight"),
        HasNo("cond_type_embedding"),
    ),
    form=(
        side("img_in.proj.weight", 0, 3072),
        side("img_in.proj.weight", 1, 16, 32, 33),
        side("txt_in.input_embedder.weight", 1, 4096),
        Blocks("double_blocks", 20),
        Blocks("single_blocks", 40),
    ),
    source="ComfyUI model_detection.py",
)
