"""Wan 2.1 Fun-Control 1.3B: pose, depth or edges in 48 channels."""

from compat.identify.kinds.wan import REFERENCE, RELATIVES, SMALL, VISION, wan

SIGNATURE = wan(
    id="wan-fun-control-1-3b",
    variant="2.1 Fun-Control 1.3B",
    size=SMALL,
    channels=48,
    parameters=1_564_502_336,
    diffusers_class="",
    image=True,
    absent=tuple(key for key in RELATIVES if key != REFERENCE),
    needs=(VISION,),
)
