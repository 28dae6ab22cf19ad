"""Stable Diffusion XL inpainting."""

from compat.identify.kinds.unet import CLIP_G, CLIP_L, SD_XL, unet

SIGNATURE = unet(
    id="sdxl-inpaint",
    variant="XL inpainting",
    generation="XL",
    shape=SD_XL,
    channels=9,
    parameters=2_567_478_084,
    diffusers_class="StableDiffusionXLInpaintPipeline",
    needs=(
        CLIP_L,
        CLIP_G,
    ),
)
