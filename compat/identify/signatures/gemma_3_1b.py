"""Gemma 3 1B."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="gemma-3-1b",
    family="gemma",
    variant="3 1B",
    size=DecoderSize(
        width=1152, inner=6912, layers=26, vocabulary=(262144, 262208), parameters=999885952
    ),
    telling=Telling(
        has=("self_attn.q_norm.weight", "post_feedforward_layernorm.weight"),
        has_not=("layer_scalar",),
    ),
    source="transformers Gemma3ForCausalLM in the google/gemma-3-1b-it configuration",
    placement=Placement(
        comfyui_loader="",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Gemma3ForCausalLM",
        note="no video model known here reads it",
    ),
)
