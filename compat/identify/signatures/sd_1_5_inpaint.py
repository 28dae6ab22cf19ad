"""Stable Diffusion 1.5 inpainting."""

from compat.identify.kinds.unet import CLIP_L, SD_1, unet

SIGNATURE = unet(
    id="sd-1-5-inpaint",
    variant="1.5 inpainting",
    generation="1",
    shape=SD_1,
    channels=9,
    parameters=859_535_364,
    diffusers_class="StableDiffusionInpaintPipeline",
    needs=(CLIP_L,),
)
