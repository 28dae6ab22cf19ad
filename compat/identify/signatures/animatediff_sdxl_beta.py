"""AnimateDiff motion module for SDXL: three levels."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

_TABLE = (
    "down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0."
    "attention_blocks.0.pos_encoder.pe"
)

SIGNATURE = Signature(
    id="animatediff-sdxl-beta",
    family="animatediff",
    variant="SDXL beta",
    role=Role.MOTION_MODULE,
    marks=(
        Has(_TABLE),
        HasNo("mid_block."),
        HasNo("down_blocks.3."),
        side(_TABLE, 1, 32),
    ),
    form=(
        side(_TABLE, 2, 320),
        Blocks("down_blocks", 3),
    ),
    source="AnimateDiff-Evolved motion_module_ad.py",
)
