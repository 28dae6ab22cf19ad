"""Wan 2.2 image-to-video A14B, one of its two experts; the headers of both are the same."""

from compat.identify.kinds.wan import LARGE, wan

SIGNATURE = wan(
    id="wan-2-2-i2v-a14b",
    variant="2.2 I2V A14B expert",
    size=LARGE,
    channels=36,
    parameters=14_288_901_184,
    diffusers_class="WanImageToVideoPipeline",
    generation="2.2 A14B",
    diffusers_marks=(),
)
