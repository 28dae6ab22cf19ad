"""Llama 3 or 3.1 8B: HiDream reads it; HunyuanVideo needs the LLaVA fine-tune."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="llama-3-8b",
    family="llama",
    variant="3 8B",
    size=DecoderSize(
        width=4096, inner=14336, layers=32, vocabulary=(128256,), parameters=8030261248
    ),
    telling=Telling(
        has_not=(
            "self_attn.q_norm.weight",
            "post_feedforward_layernorm.weight",
            "self_attn.k_proj.bias",
        )
    ),
    source="transformers LlamaForCausalLM in the Meta-Llama-3-8B configuration; ComfyUI sd.py",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.LlamaForCausalLM",
        note="CLIPLoader type=hidream; HunyuanVideo needs llava-llama-3-8b with 128320 words",
    ),
)
