"""AnimateDiff v1 motion module: a table of 24 frames."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

_TABLE = (
    "down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0."
    "attention_blocks.0.pos_encoder.pe"
)

SIGNATURE = Signature(
    id="animatediff-v1",
    family="animatediff",
    variant="v1",
    role=Role.MOTION_MODULE,
    marks=(
        Has(_TABLE),
        HasNo("mid_block."),
        side(_TABLE, 1, 24),
    ),
    form=(
        side(_TABLE, 2, 320),
        Blocks("down_blocks", 4),
    ),
    source="AnimateDiff-Evolved motion_module_ad.py",
)
