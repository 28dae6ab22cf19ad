"""Wan 2.2 Fun-Camera A14B, one of its two experts: camera moves through an adapter of their own."""

from compat.identify.kinds.wan import CAMERA, LARGE, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-2-2-fun-camera-a14b",
    variant="2.2 Fun-Camera A14B expert",
    size=LARGE,
    channels=36,
    parameters=14_792_233_024,
    diffusers_class="",
    generation="2.2 A14B",
    marks=(Has(CAMERA),),
    absent=(),
)
