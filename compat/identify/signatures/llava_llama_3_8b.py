"""LLaVA-Llama-3 8B: HunyuanVideo and FramePack read prompts with it."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="llava-llama-3-8b",
    family="llama",
    variant="LLaVA Llama 3 8B",
    size=DecoderSize(
        width=4096, inner=14336, layers=32, vocabulary=(128320,), parameters=7505186816
    ),
    telling=Telling(
        has_not=(
            "self_attn.q_norm.weight",
            "post_feedforward_layernorm.weight",
            "self_attn.k_proj.bias",
        )
    ),
    source="transformers LlamaModel in the HunyuanVideo text_encoder configuration; ComfyUI "
    "hunyuan_video.py",
    placement=Placement(
        comfyui_loader="DualCLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.LlamaModel",
        note="DualCLIPLoader type=hunyuan_video, beside clip-l",
    ),
)
