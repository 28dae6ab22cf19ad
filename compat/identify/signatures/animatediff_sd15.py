"""AnimateDiff on Stable Diffusion 1.5, unet and motion module in one, as diffusers saves it."""

from compat.identify.kinds.unet import CLIP_L, SD_1, motion_unet

SIGNATURE = motion_unet(
    id="animatediff-sd15",
    variant="on SD 1.5",
    shape=SD_1,
    parameters=1_313_334_404,
    diffusers_class="AnimateDiffPipeline",
    needs=(CLIP_L,),
)
