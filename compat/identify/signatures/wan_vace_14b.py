"""Wan 2.1 VACE 14B: text-to-video with blocks that read a control video."""

from compat.identify.kinds.wan import LARGE, VACE, wan
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = wan(
    id="wan-vace-14b",
    variant="2.1 VACE 14B",
    size=LARGE,
    channels=16,
    parameters=17_337_592_896,
    diffusers_class="WanVACEPipeline",
    marks=(Has(VACE),),
    absent=(),
    form=(Blocks("vace_blocks", 8), side(VACE, 1, 96, 384)),
    diffusers_marks=(Has(VACE),),
    diffusers_absent=(),
)
