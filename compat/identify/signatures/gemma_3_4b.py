"""Gemma 3 4B: image models read it, no LTX model does."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="gemma-3-4b",
    family="gemma",
    variant="3 4B",
    size=DecoderSize(
        width=2560, inner=10240, layers=34, vocabulary=(262208, 262144), parameters=3880099328
    ),
    telling=Telling(
        has=("self_attn.q_norm.weight", "post_feedforward_layernorm.weight"),
        has_not=("layer_scalar",),
    ),
    source="transformers Gemma3ForConditionalGeneration in the google/gemma-3-4b-it configuration",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Gemma3ForConditionalGeneration",
        note="CLIPLoader type=lumina2; LTX-2 needs the 12B",
    ),
)
