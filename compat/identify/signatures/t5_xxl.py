"""T5-XXL v1.1 encoder: gated, and only the first block has a position bias."""

from compat.identify.kinds.t5 import T5Size, encoder_placement, t5_encoder

SIGNATURE = t5_encoder(
    id="t5-xxl",
    variant="XXL v1.1",
    size=T5Size(width=4096, inner=10240, vocabulary=32128, blocks=24, parameters=4762310656),
    source="transformers T5EncoderModel in the google/t5-v1_1-xxl configuration; ComfyUI sd.py",
    placement=encoder_placement("ltxv, mochi, flux or sd3", "T5EncoderModel"),
)
