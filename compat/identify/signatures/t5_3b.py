"""The first T5-XL (3B) encoder, not gated."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-3b",
    variant="XL, first version (3B)",
    size=T5Size(
        width=1024, inner=16384, vocabulary=32128, blocks=24, parameters=1240909824, gated=False
    ),
    source="transformers T5EncoderModel",
)
