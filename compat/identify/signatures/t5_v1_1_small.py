"""T5-small v1.1 encoder."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-v1-1-small",
    variant="small v1.1",
    size=T5Size(width=512, inner=1024, vocabulary=32128, blocks=8, parameters=35332800),
    source="transformers T5EncoderModel",
)
