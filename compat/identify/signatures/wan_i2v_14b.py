"""Wan 2.1 image-to-video 14B with its CLIP vision projection; 480p and 720p are the same."""

from compat.identify.kinds.wan import FIRST_LAST, LARGE, POSITIONS, RELATIVES, VISION, wan
from compat.identify.predicates import HasNo

SIGNATURE = wan(
    id="wan-i2v-14b",
    variant="2.1 I2V 14B",
    size=LARGE,
    channels=36,
    parameters=16_394_878_784,
    diffusers_class="WanImageToVideoPipeline",
    image=True,
    absent=(FIRST_LAST, *RELATIVES),
    needs=(VISION,),
    diffusers_marks=(HasNo(POSITIONS),),
)
