"""Wan 2.1 text-to-video 1.3B."""

from compat.identify.kinds.wan import SMALL, wan

SIGNATURE = wan(
    id="wan-t2v-1-3b",
    variant="2.1 T2V 1.3B",
    size=SMALL,
    channels=16,
    parameters=1_418_996_800,
    diffusers_class="WanPipeline",
    diffusers_marks=(),
)
