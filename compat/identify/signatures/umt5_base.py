"""UMT5-base encoder: ACE-Step reads it."""

from compat.identify.kinds.t5 import T5Size, encoder_placement, t5_encoder

SIGNATURE = t5_encoder(
    id="umt5-base",
    variant="UMT5 base",
    size=T5Size(
        width=768,
        inner=2048,
        vocabulary=256384,
        blocks=12,
        parameters=281861376,
        bias_everywhere=True,
    ),
    source="transformers UMT5EncoderModel; ComfyUI umt5_config_base.json",
    placement=encoder_placement("ace", "UMT5EncoderModel"),
)
