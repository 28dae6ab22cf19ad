"""The first T5-XXL (11B) encoder, not gated: Cosmos reads it."""

from compat.identify.kinds.t5 import T5Size, encoder_placement, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-11b",
    variant="XXL, first version (11B)",
    size=T5Size(
        width=1024, inner=65536, vocabulary=32128, blocks=24, parameters=4864791552, gated=False
    ),
    source="transformers T5EncoderModel in the t5-11b size; ComfyUI t5_old_config_xxl.json",
    placement=encoder_placement("cosmos", "T5EncoderModel"),
)
