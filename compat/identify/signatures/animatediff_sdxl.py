"""AnimateDiff on SDXL, unet and motion module in one, as diffusers saves it."""

from compat.identify.kinds.unet import CLIP_G, CLIP_L, SD_XL, motion_unet

SIGNATURE = motion_unet(
    id="animatediff-sdxl",
    variant="on SDXL",
    shape=SD_XL,
    parameters=2_804_601_284,
    diffusers_class="AnimateDiffSDXLPipeline",
    needs=(
        CLIP_L,
        CLIP_G,
    ),
)
