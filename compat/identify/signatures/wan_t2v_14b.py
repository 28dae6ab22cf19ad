"""Wan text-to-video 14B: 2.1, or one of the two experts of 2.2 A14B; the headers are the same."""

from compat.identify.kinds.wan import LARGE, wan

SIGNATURE = wan(
    id="wan-t2v-14b",
    variant="2.1 T2V 14B or one 2.2 T2V A14B expert",
    size=LARGE,
    channels=16,
    parameters=14_288_491_584,
    diffusers_class="WanPipeline",
    generation="2.1 or 2.2 A14B",
    diffusers_marks=(),
)
