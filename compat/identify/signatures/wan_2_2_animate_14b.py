"""Wan 2.2 Animate 14B: a character driven by pose and face."""

from compat.identify.kinds.wan import FACE, LARGE, VISION, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-2-2-animate-14b",
    variant="2.2 Animate 14B",
    size=LARGE,
    channels=36,
    parameters=17_274_817_108,
    diffusers_class="WanAnimatePipeline",
    generation="2.2 Animate",
    image=True,
    marks=(Has(f"{FACE}fuser_blocks.0.k_norm.weight"),),
    absent=("vace_",),
    needs=(VISION,),
    diffusers_marks=(Has(f"{FACE}0.norm_k.weight"),),
    diffusers_absent=("vace_",),
)
