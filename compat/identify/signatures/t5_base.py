"""The first T5-base encoder, not gated: Stable Audio reads it."""

from compat.identify.kinds.t5 import T5Size, encoder_placement, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-base",
    variant="base, first version",
    size=T5Size(
        width=768, inner=3072, vocabulary=32128, blocks=12, parameters=109628544, gated=False
    ),
    source="transformers T5EncoderModel; ComfyUI t5_config_base.json",
    placement=encoder_placement("stable_audio", "T5EncoderModel"),
)
