"""T5-XL v1.1 encoder."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-v1-1-xl",
    variant="XL v1.1",
    size=T5Size(width=2048, inner=5120, vocabulary=32128, blocks=24, parameters=1223527424),
    source="transformers T5EncoderModel",
)
