"""Qwen2.5-VL 3B with its vision tower: OmniGen 2 reads it."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement
from compat.identify.predicates import Has

SIGNATURE = language_model(
    id="qwen-2-5-vl-3b",
    family="qwen",
    variant="2.5-VL 3B",
    size=DecoderSize(
        width=2048, inner=11008, layers=36, vocabulary=(151936,), parameters=3754622976
    ),
    telling=Telling(
        has=("self_attn.k_proj.bias",),
        has_not=("self_attn.q_norm.weight",),
        beside=(Has("visual.patch_embed.proj.weight"),),
    ),
    source="transformers Qwen2_5_VLForConditionalGeneration in the Qwen2.5-VL-3B configuration; "
    "ComfyUI sd.py",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Qwen2_5_VLForConditionalGeneration",
        note="CLIPLoader type=omnigen2",
    ),
)
