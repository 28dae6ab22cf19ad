"""Stable Diffusion XL base."""

from compat.identify.kinds.unet import CLIP_G, CLIP_L, SD_XL, unet

SIGNATURE = unet(
    id="sdxl",
    variant="XL base",
    generation="XL",
    shape=SD_XL,
    channels=4,
    parameters=2_567_463_684,
    diffusers_class="StableDiffusionXLPipeline",
    needs=(
        CLIP_L,
        CLIP_G,
    ),
)
