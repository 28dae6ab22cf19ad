"""T5-large v1.1 encoder."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-v1-1-large",
    variant="large v1.1",
    size=T5Size(width=1024, inner=2816, vocabulary=32128, blocks=24, parameters=341231104),
    source="transformers T5EncoderModel",
)
