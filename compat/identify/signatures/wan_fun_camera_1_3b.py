"""Wan 2.1 Fun-Camera 1.3B: camera moves through an adapter of their own."""

from compat.identify.kinds.wan import CAMERA, SMALL, VISION, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-fun-camera-1-3b",
    variant="2.1 Fun-Camera 1.3B",
    size=SMALL,
    channels=32,
    parameters=1_616_313_152,
    diffusers_class="",
    image=True,
    marks=(Has(CAMERA),),
    absent=(),
    needs=(VISION,),
)
