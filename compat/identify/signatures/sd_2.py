"""Stable Diffusion 2.x."""

from compat.identify.kinds.unet import CLIP_H, SD_2, unet

SIGNATURE = unet(
    id="sd-2",
    variant="2.x",
    generation="2",
    shape=SD_2,
    channels=4,
    parameters=865_910_724,
    diffusers_class="StableDiffusionPipeline",
    needs=(CLIP_H,),
)
