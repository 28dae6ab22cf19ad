"""Latent upscaler of HunyuanVideo 1.5, to 720p or to 1080p."""

from compat.identify.model import Dim, Layout, Placement, Role, Signature
from compat.identify.predicates import Has, side

PLACEMENT = Placement(
    comfyui_loader="LatentUpscaleModelLoader",
    comfyui_folder="latent_upscale_models",
    note="for latents of HunyuanVideo 1.5",
)

SIGNATURE = Signature(
    id="hunyuan-video-1-5-upscaler",
    family="hunyuan-video",
    variant="1.5 latents",
    role=Role.UPSCALER,
    generation="1.5",
    marks=(Has("blocks.0.block.0.conv.weight"), Has("in_conv.conv.weight")),
    form=(side("in_conv.conv.weight", 1, 32), side("out_conv.conv.weight", 0, 32)),
    source="ComfyUI upsampler.py; inferred, no real header was at hand",
    dims=(
        Dim(key="mid-channels", name="in_conv.conv.weight", axis=0),
        Dim(key="latent-channels", name="in_conv.conv.weight", axis=1),
    ),
    placement=PLACEMENT,
    layouts=(
        Layout(
            name="1080p",
            marks=(Has("up.0.block.0.conv1.conv.weight"), Has("conv_in.conv.weight")),
            form=(side("conv_in.conv.weight", 1, 32),),
            dims=(Dim(key="latent-channels", name="conv_in.conv.weight", axis=1),),
            placement=PLACEMENT,
        ),
    ),
)
