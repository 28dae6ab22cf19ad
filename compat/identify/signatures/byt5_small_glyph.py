"""ByT5-small with the glyph vocabulary: HunyuanVideo 1.5 reads text to draw with it."""

from compat.identify.kinds.t5 import T5Size, encoder_placement, t5_encoder

SIGNATURE = t5_encoder(
    id="byt5-small-glyph",
    variant="ByT5 small, glyph vocabulary",
    size=T5Size(width=1472, inner=3584, vocabulary=1510, blocks=12, parameters=219314944),
    source="transformers T5EncoderModel; ComfyUI byt5_config_small_glyph.json",
    placement=encoder_placement(
        "hunyuan_video_15 or hunyuan_image", "T5EncoderModel", "DualCLIPLoader, beside Qwen2.5-VL"
    ),
)
