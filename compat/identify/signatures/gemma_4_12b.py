"""Gemma 4 12B: LTX-2.5 reads prompts with a fine-tune of it that has the same header."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="gemma-4-12b",
    family="gemma",
    variant="4 12B",
    size=DecoderSize(
        width=3840,
        inner=15360,
        layers=48,
        vocabulary=(262144,),
        parameters=11907350064,
        alike=False,
    ),
    telling=Telling(
        has=("self_attn.q_norm.weight", "post_feedforward_layernorm.weight", "layer_scalar")
    ),
    source="transformers Gemma4UnifiedForConditionalGeneration in the google/gemma-4-12B-it "
    "configuration as ComfyUI and ltx-core load it; no real header was at hand",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Gemma4UnifiedForConditionalGeneration",
        note="LTX-2.5 accepts only its own fine-tune (gemma4-12b-ltx-v1), which the header "
        "alone does not tell from the stock model",
    ),
)
