"""InstructPix2Pix on Stable Diffusion 1.5."""

from compat.identify.kinds.unet import CLIP_L, SD_1, unet

SIGNATURE = unet(
    id="sd-1-5-instruct-pix2pix",
    variant="1.5 InstructPix2Pix",
    generation="1",
    shape=SD_1,
    channels=8,
    parameters=859_532_484,
    diffusers_class="StableDiffusionInstructPix2PixPipeline",
    needs=(CLIP_L,),
)
