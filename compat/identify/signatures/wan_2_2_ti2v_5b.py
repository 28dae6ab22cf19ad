"""Wan 2.2 text-and-image-to-video 5B, for the 48-channel VAE."""

from compat.identify.kinds.wan import MIDDLE, wan

SIGNATURE = wan(
    id="wan-2-2-ti2v-5b",
    variant="2.2 TI2V 5B",
    size=MIDDLE,
    channels=48,
    parameters=4_999_787_712,
    diffusers_class="WanPipeline",
    generation="2.2 5B",
    diffusers_marks=(),
)
