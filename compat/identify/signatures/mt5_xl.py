"""MT5-XL encoder: HunyuanDiT reads it."""

from compat.identify.kinds.t5 import T5Size, t5_encoder

SIGNATURE = t5_encoder(
    id="mt5-xl",
    variant="MT5 XL",
    size=T5Size(width=2048, inner=5120, vocabulary=250112, blocks=24, parameters=1669958656),
    source="transformers MT5EncoderModel; ComfyUI mt5_config_xl.json",
)
