"""Gemma 2 2B: Lumina 2 reads it."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="gemma-2-2b",
    family="gemma",
    variant="2 2B",
    size=DecoderSize(
        width=2304, inner=9216, layers=26, vocabulary=(256000,), parameters=2614341888
    ),
    telling=Telling(
        has=("post_feedforward_layernorm.weight",),
        has_not=("self_attn.q_norm.weight", "layer_scalar"),
    ),
    source="transformers Gemma2ForCausalLM in the google/gemma-2-2b configuration; ComfyUI sd.py",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Gemma2ForCausalLM",
        note="CLIPLoader type=lumina2",
    ),
)
