"""ESRGAN and its kin: upscalers of pictures, not of latents."""

from compat.identify.model import Dim, Placement, Role, Signature
from compat.identify.predicates import Has, HasNo, side

SIGNATURE = Signature(
    id="esrgan",
    family="esrgan",
    variant="image upscaler, not a latent one",
    role=Role.UPSCALER,
    marks=(
        Has("conv_first.weight"),
        Has("body.0.rdb1.conv1.weight"),
        HasNo("initial_conv."),
    ),
    form=(side("conv_last.weight", 1, 64), side("body.0.rdb1.conv1.weight", 1, 64)),
    source="BasicSR RRDBNet; the names are known from it only",
    parameters=16697987,
    dims=(Dim(key="mid-channels", name="conv_first.weight", axis=0),),
    placement=Placement(
        comfyui_loader="UpscaleModelLoader",
        comfyui_folder="upscale_models",
        note="it enlarges finished frames one by one; LatentUpscaleModelLoader does not take it",
    ),
)
