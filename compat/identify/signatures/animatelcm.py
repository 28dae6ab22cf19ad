"""AnimateLCM motion module: no positional table, so no frame limit of its own."""

from compat.identify.kinds.motion import SD_1, motion_module

SIGNATURE = motion_module(
    id="animatelcm",
    variant="AnimateLCM",
    generation="1",
    levels=4,
    middle=None,
    frames=(),
    parameters=453_209_280,
    needs=(SD_1,),
    diffusers=False,
)
