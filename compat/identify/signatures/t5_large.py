"""The first T5-large encoder, not gated."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-large",
    variant="large, first version",
    size=T5Size(
        width=1024, inner=4096, vocabulary=32128, blocks=24, parameters=334939648, gated=False
    ),
    source="transformers T5EncoderModel",
)
