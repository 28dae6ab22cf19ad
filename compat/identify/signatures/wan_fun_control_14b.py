"""Wan 2.1 Fun-Control 14B: pose, depth or edges in 48 channels."""

from compat.identify.kinds.wan import LARGE, REFERENCE, RELATIVES, VISION, wan

SIGNATURE = wan(
    id="wan-fun-control-14b",
    variant="2.1 Fun-Control 14B",
    size=LARGE,
    channels=48,
    parameters=16_395_124_544,
    diffusers_class="",
    image=True,
    absent=tuple(key for key in RELATIVES if key != REFERENCE),
    needs=(VISION,),
)
