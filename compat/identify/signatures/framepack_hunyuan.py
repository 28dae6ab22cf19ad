"""FramePack on HunyuanVideo: diffusers naming, embedders for compressed history; I2V or F1."""

from compat.identify.kinds.hunyuan import (
    DIFFUSERS_DIMS,
    TEXT_1_0,
    diffusers_form,
    diffusers_marks,
)
from compat.identify.model import Need, Placement, Role, Signature
from compat.identify.predicates import Has

SIGNATURE = Signature(
    id="framepack-hunyuan",
    family="hunyuan-video",
    variant="FramePack I2V or F1",
    generation="1.0",
    role=Role.DIFFUSION_MODEL,
    marks=(*diffusers_marks(16), Has("clean_x_embedder.proj.weight")),
    form=(*diffusers_form(), Has("image_projection.up.weight")),
    source="FramePack; diffusers HunyuanVideoFramepackTransformer3DModel",
    parameters=12_874_314_816,
    dims=DIFFUSERS_DIMS,
    needs=(*TEXT_1_0, Need(role=Role.IMAGE_ENCODER, ids=("siglip-so400m",))),
    placement=Placement(
        diffusers_class="HunyuanVideoFramepackPipeline",
        note="ComfyUI's core has no loader for it, ComfyUI-FramePackWrapper has",
    ),
    layout="diffusers",
)
