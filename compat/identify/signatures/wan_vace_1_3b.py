"""Wan 2.1 VACE 1.3B: text-to-video with blocks that read a control video."""

from compat.identify.kinds.wan import SMALL, VACE, wan
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = wan(
    id="wan-vace-1-3b",
    variant="2.1 VACE 1.3B",
    size=SMALL,
    channels=16,
    parameters=2_153_972_032,
    diffusers_class="WanVACEPipeline",
    marks=(Has(VACE),),
    absent=(),
    form=(Blocks("vace_blocks", 15), side(VACE, 1, 96, 384)),
    diffusers_marks=(Has(VACE),),
    diffusers_absent=(),
)
