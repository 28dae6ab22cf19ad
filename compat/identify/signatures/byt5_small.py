"""ByT5-small encoder: bytes for words."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="byt5-small",
    variant="ByT5 small",
    size=T5Size(width=1472, inner=3584, vocabulary=384, blocks=12, parameters=217657472),
    source="transformers T5EncoderModel in the google/byt5-small configuration",
)
