"""Wan 2.2 Fun-Control A14B, one of its two experts: 52 channels and a reference picture."""

from compat.identify.kinds.wan import LARGE, REFERENCE, RELATIVES, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-2-2-fun-control-a14b",
    variant="2.2 Fun-Control A14B expert",
    size=LARGE,
    channels=52,
    parameters=14_289_561_664,
    diffusers_class="",
    generation="2.2 A14B",
    marks=(Has(REFERENCE),),
    absent=tuple(key for key in RELATIVES if key != REFERENCE),
)
