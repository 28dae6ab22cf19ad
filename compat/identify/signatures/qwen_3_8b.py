"""Qwen3 8B: image models read it, no video model known here does."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="qwen-3-8b",
    family="qwen",
    variant="3 8B",
    size=DecoderSize(
        width=4096, inner=12288, layers=36, vocabulary=(151936,), parameters=8190735360
    ),
    telling=Telling(
        has=("self_attn.q_norm.weight",),
        has_not=("post_feedforward_layernorm.weight", "self_attn.k_proj.bias"),
    ),
    source="transformers Qwen3ForCausalLM in the Qwen3-8B configuration; ComfyUI sd.py",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Qwen3ForCausalLM",
        note="an image model's encoder",
    ),
)
