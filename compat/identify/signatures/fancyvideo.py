"""FancyVideo motion module: embeds frame rate and amount of motion."""

from compat.identify.kinds.motion import SD_1, motion_module
from compat.identify.predicates import Has

SIGNATURE = motion_module(
    id="fancyvideo",
    variant="FancyVideo",
    generation="1",
    levels=4,
    middle=None,
    frames=(24, 32, 64),
    parameters=0,
    needs=(SD_1,),
    marks=(Has("fps_embedding.linear.weight"),),
)
