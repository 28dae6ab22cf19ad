"""Wan 2.1 first-and-last-frame-to-video 14B: I2V with positions for two pictures."""

from compat.identify.kinds.wan import FIRST_LAST, LARGE, POSITIONS, VISION, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-flf2v-14b",
    variant="2.1 FLF2V 14B",
    size=LARGE,
    channels=36,
    parameters=16_395_536_704,
    diffusers_class="WanImageToVideoPipeline",
    image=True,
    marks=(Has(FIRST_LAST),),
    needs=(VISION,),
    diffusers_marks=(Has(POSITIONS),),
)
