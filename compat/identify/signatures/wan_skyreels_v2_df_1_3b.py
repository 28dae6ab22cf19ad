"""SkyReels V2 diffusion forcing 1.3B on Wan 2.1: told by its embedding of the frame rate."""

from compat.identify.kinds.wan import FORCING, SMALL, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-skyreels-v2-df-1-3b",
    variant="SkyReels V2 diffusion forcing 1.3B",
    size=SMALL,
    channels=16,
    parameters=1_435_525_696,
    diffusers_class="SkyReelsV2DiffusionForcingPipeline",
    marks=(Has(FORCING),),
    absent=("vace_", "control_adapter."),
    diffusers_marks=(Has(FORCING),),
    diffusers_absent=("vace_",),
)
