"""AnimateDiff v3 motion module: no middle block and a table of 32 frames."""

from compat.identify.kinds.motion import SD_1, motion_module

SIGNATURE = motion_module(
    id="animatediff-v3",
    variant="v3",
    generation="1",
    levels=4,
    middle=False,
    frames=(32,),
    parameters=417_700_800,
    needs=(SD_1,),
)
