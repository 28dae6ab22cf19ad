"""ControlNet for Stable Diffusion 1.5."""

from compat.identify.component_predicates import StartsWith
from compat.identify.model import Dim, Layout, Placement, Role, Signature
from compat.identify.predicates import Has, HasNo, side

PLACEMENT = Placement(
    comfyui_loader="ControlNetLoader",
    comfyui_folder="controlnet",
    diffusers_class="ControlNetModel",
    note="images; with AnimateDiff it leads every frame",
)
CROSS = "attentions.0.transformer_blocks.0.attn2.to_k.weight"
LDM = "control_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"

SIGNATURE = Signature(
    id="controlnet-sd15",
    family="stable-diffusion",
    variant="ControlNet for SD 1.5",
    role=Role.CONTROL,
    layout="diffusers",
    marks=(
        StartsWith("controlnet_cond_embedding."),
        StartsWith("controlnet_down_blocks."),
        HasNo("down_blocks.0.motion_modules."),
        side("down_blocks.0." + CROSS, 1, 768),
    ),
    form=(HasNo("add_embedding."), side("conv_in.weight", 1, 4)),
    source="diffusers ControlNetModel; ComfyUI controlnet.py",
    parameters=361279120,
    dims=(Dim(key="text-width", name="down_blocks.0." + CROSS, axis=1),),
    placement=PLACEMENT,
    layouts=tuple(
        Layout(
            name="publisher" if root else "publisher, bare",
            marks=(
                Has(root + "zero_convs.0.0.weight"),
                Has(root + "input_hint_block.0.weight"),
                side(LDM.replace("control_model.", root), 1, 768),
            ),
            form=(side(root + "input_blocks.0.0.weight", 1, 4),),
            dims=(Dim(key="text-width", name=LDM.replace("control_model.", root), axis=1),),
            placement=PLACEMENT,
        )
        for root in ("control_model.", "")
    ),
)
