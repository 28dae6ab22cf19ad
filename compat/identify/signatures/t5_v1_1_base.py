"""T5-base v1.1 encoder."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-v1-1-base",
    variant="base v1.1",
    size=T5Size(width=768, inner=2048, vocabulary=32128, blocks=12, parameters=109628544),
    source="transformers T5EncoderModel",
)
