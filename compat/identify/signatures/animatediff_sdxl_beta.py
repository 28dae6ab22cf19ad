"""AnimateDiff motion module for SDXL: three levels."""

from compat.identify.kinds.motion import SD_XL, motion_module

SIGNATURE = motion_module(
    id="animatediff-sdxl-beta",
    variant="SDXL beta",
    generation="XL",
    levels=3,
    middle=False,
    frames=(24, 32),
    parameters=237_137_600,
    needs=(SD_XL,),
)
