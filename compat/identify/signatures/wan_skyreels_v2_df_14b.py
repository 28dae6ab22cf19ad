"""SkyReels V2 diffusion forcing 14B on Wan 2.1: told by its embedding of the frame rate."""

from compat.identify.kinds.wan import FORCING, LARGE, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-skyreels-v2-df-14b",
    variant="SkyReels V2 diffusion forcing 14B",
    size=LARGE,
    channels=16,
    parameters=14_472_038_464,
    diffusers_class="SkyReelsV2DiffusionForcingPipeline",
    marks=(Has(FORCING),),
    absent=("vace_", "control_adapter."),
    diffusers_marks=(Has(FORCING),),
    diffusers_absent=("vace_",),
)
