"""HotShot-XL motion module for SDXL, at its best with 8 frames."""

from compat.identify.kinds.motion import PLACEMENT, SD_XL
from compat.identify.model import Dim, Role, Signature
from compat.identify.predicates import Blocks, Has, side

_FIRST = "down_blocks.0.temporal_attentions.0"
_TABLE = f"{_FIRST}.transformer_blocks.0.attention_blocks.0.pos_encoder.positional_encoding"

SIGNATURE = Signature(
    id="hotshot-xl",
    family="animatediff",
    variant="HotShot-XL",
    generation="XL",
    role=Role.MOTION_MODULE,
    marks=(Has(_TABLE), Has(f"{_FIRST}.proj_in.weight")),
    form=(side(_TABLE, 2, 320), Blocks("down_blocks", 3), Blocks("up_blocks", 3)),
    source="AnimateDiff-Evolved motion_module_hsxl.py",
    parameters=237_316_800,
    dims=(Dim(key="frames", name=_TABLE, axis=1), Dim(key="width", name=_TABLE, axis=2)),
    needs=(SD_XL,),
    placement=PLACEMENT,
)
