"""Stable Diffusion 1.x."""

from compat.identify.kinds.unet import CLIP_L, SD_1, unet

SIGNATURE = unet(
    id="sd-1-5",
    variant="1.x",
    generation="1",
    shape=SD_1,
    channels=4,
    parameters=859_520_964,
    diffusers_class="StableDiffusionPipeline",
    needs=(CLIP_L,),
)
