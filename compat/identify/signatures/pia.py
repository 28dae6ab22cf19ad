"""PIA motion module: its own first convolution takes a picture and a mask."""

from compat.identify.kinds.motion import SD_1, motion_module
from compat.identify.predicates import HasNo, side

SIGNATURE = motion_module(
    id="pia",
    variant="PIA",
    generation="1",
    levels=4,
    middle=None,
    frames=(24, 32),
    parameters=453_839_680,
    needs=(SD_1,),
    marks=(side("conv_in.weight", 1, 9), HasNo(("fps_embedding.", "motion_embedding."))),
)
