"""AnimateDiff v1 motion module: a table of 24 frames."""

from compat.identify.kinds.motion import SD_1, motion_module

SIGNATURE = motion_module(
    id="animatediff-v1",
    variant="v1",
    generation="1",
    levels=4,
    middle=False,
    frames=(24,),
    parameters=417_560_000,
    needs=(SD_1,),
)
