"""Pile-T5-XL encoder: UMT5 with the small vocabulary, which AuraFlow reads."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="pile-t5-xl",
    variant="Pile-T5 XL",
    size=T5Size(
        width=2048,
        inner=5120,
        vocabulary=32128,
        blocks=24,
        parameters=1223550976,
        bias_everywhere=True,
    ),
    source="transformers UMT5EncoderModel; ComfyUI t5_pile_config_xl.json",
)
