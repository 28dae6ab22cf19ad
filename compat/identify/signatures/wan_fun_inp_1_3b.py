"""Wan 2.1 Fun-InP 1.3B, image-to-video in the small size."""

from compat.identify.kinds.wan import FIRST_LAST, RELATIVES, SMALL, VISION, wan

SIGNATURE = wan(
    id="wan-fun-inp-1-3b",
    variant="2.1 Fun-InP 1.3B",
    size=SMALL,
    channels=36,
    parameters=1_564_428_608,
    diffusers_class="",
    image=True,
    absent=(FIRST_LAST, *RELATIVES),
    needs=(VISION,),
)
