"""SparseCtrl for AnimateDiff: a control net with motion modules, led by a few frames."""

from compat.identify.component_predicates import StartsWith
from compat.identify.model import Dim, Placement, Role, Signature
from compat.identify.predicates import HasNo, side

SIGNATURE = Signature(
    id="sparsectrl",
    family="animatediff",
    variant="SparseCtrl v3 for SD 1.5",
    role=Role.CONTROL,
    generation="v3",
    marks=(
        StartsWith("controlnet_cond_embedding."),
        StartsWith("controlnet_down_blocks."),
        StartsWith("down_blocks.0.motion_modules."),
        HasNo("up_blocks."),
    ),
    form=(side("conv_in.weight", 0, 320), side("conv_in.weight", 1, 4)),
    source="diffusers SparseControlNetModel",
    parameters=496956160,
    dims=(Dim(key="in-channels", name="conv_in.weight", axis=1),),
    placement=Placement(
        comfyui_loader="ACN_SparseCtrlLoaderAdvanced",
        comfyui_folder="controlnet",
        diffusers_class="SparseControlNetModel",
        note="for AnimateDiff v3 on SD 1.5, with ComfyUI-Advanced-ControlNet",
    ),
)
