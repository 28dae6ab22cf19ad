"""AnimateDiff motion adapter in diffusers' naming, with its positional table."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Has, side

_TABLE = "down_blocks.0.motion_modules.0.transformer_blocks.0.pos_embed.pe"

SIGNATURE = Signature(
    id="animatediff-motion-adapter",
    family="animatediff",
    variant="diffusers motion adapter",
    role=Role.MOTION_MODULE,
    marks=(Has(_TABLE), Has("down_blocks.0.motion_modules.0.proj_in.weight")),
    form=(side(_TABLE, 0, 1), side(_TABLE, 2, 320)),
    source="diffusers MotionAdapter",
)
