"""The first T5-small encoder, not gated."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-small",
    variant="small, first version",
    size=T5Size(
        width=512, inner=2048, vocabulary=32128, blocks=6, parameters=35330816, gated=False
    ),
    source="transformers T5EncoderModel",
)
