"""ControlNet for SDXL."""

from compat.identify.component_predicates import StartsWith
from compat.identify.model import Dim, Placement, Role, Signature
from compat.identify.predicates import HasNo, side

CROSS = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight"

SIGNATURE = Signature(
    id="controlnet-sdxl",
    family="stable-diffusion",
    variant="ControlNet for SDXL",
    role=Role.CONTROL,
    layout="diffusers",
    marks=(
        StartsWith("controlnet_cond_embedding."),
        StartsWith("controlnet_down_blocks."),
        HasNo("down_blocks.0.motion_modules."),
        side(CROSS, 1, 2048),
    ),
    form=(side("add_embedding.linear_1.weight", 1, 2816), side("conv_in.weight", 1, 4)),
    source="diffusers ControlNetModel; ComfyUI controlnet.py",
    parameters=1251014160,
    dims=(Dim(key="text-width", name=CROSS, axis=1),),
    placement=Placement(
        comfyui_loader="ControlNetLoader",
        comfyui_folder="controlnet",
        diffusers_class="ControlNetModel",
        note="images; with AnimateDiff for SDXL it leads every frame",
    ),
)
