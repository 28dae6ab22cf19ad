"""Wan 2.1 Fun-Camera 14B: camera moves through an adapter of their own."""

from compat.identify.kinds.wan import CAMERA, LARGE, VISION, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-fun-camera-14b",
    variant="2.1 Fun-Camera 14B",
    size=LARGE,
    channels=32,
    parameters=16_898_128_704,
    diffusers_class="",
    image=True,
    marks=(Has(CAMERA),),
    absent=(),
    needs=(VISION,),
)
