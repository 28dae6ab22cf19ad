"""UMT5-XXL encoder: every block has a position bias of its own."""

from compat.identify.model import Role, Signature
from compat.identify.predicates import Blocks, Has, side

_BIAS = "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"

SIGNATURE = Signature(
    id="umt5-xxl",
    family="t5",
    variant="UMT5 XXL",
    role=Role.TEXT_ENCODER,
    marks=(
        Has("encoder.block.0.layer.1.DenseReluDense.wi_1.weight"),
        Has("shared.weight"),
        Has(_BIAS),
    ),
    form=(
        side("shared.weight", 0, 256384),
        side("shared.weight", 1, 4096),
        side("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", 0, 10240),
        Blocks("encoder.block", 24),
    ),
    source="transformers UMT5EncoderModel; ComfyUI sd.py",
)
