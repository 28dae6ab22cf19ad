"""AnimateDiff v2 motion module: a middle block and a table of 32 frames."""

from compat.identify.kinds.motion import SD_1, motion_module

SIGNATURE = motion_module(
    id="animatediff-v2",
    variant="v2",
    generation="1",
    levels=4,
    middle=True,
    frames=(24, 32),
    parameters=453_813_440,
    needs=(SD_1,),
)
