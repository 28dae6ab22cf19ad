"""Stable Diffusion XL refiner."""

from compat.identify.kinds.unet import CLIP_G, REFINER, unet

SIGNATURE = unet(
    id="sdxl-refiner",
    variant="XL refiner",
    generation="XL",
    shape=REFINER,
    channels=4,
    parameters=2_259_526_660,
    diffusers_class="StableDiffusionXLImg2ImgPipeline",
    needs=(CLIP_G,),
)
