"""T5-XXL v1.1 encoder: the position bias stands only in the first block."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

_BIAS = "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"

SIGNATURE = Signature(
    id="t5-xxl",
    family="t5",
    variant="XXL v1.1",
    role=Role.TEXT_ENCODER,
    marks=(
        Has("encoder.block.0.layer.1.DenseReluDense.wi_1.weight"),
        Has("shared.weight"),
        HasNo(_BIAS),
    ),
    form=(
        side("shared.weight", 0, 32128),
        side("shared.weight", 1, 4096),
        side("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", 0, 10240),
        Blocks("encoder.block", 24),
    ),
    source="transformers T5EncoderModel; ComfyUI sd.py",
)
