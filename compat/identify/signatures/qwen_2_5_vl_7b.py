"""Qwen2.5-VL 7B with its vision tower: HunyuanVideo 1.5 reads prompts with it."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement
from compat.identify.predicates import Has

SIGNATURE = language_model(
    id="qwen-2-5-vl-7b",
    family="qwen",
    variant="2.5-VL 7B",
    size=DecoderSize(
        width=3584, inner=18944, layers=28, vocabulary=(152064,), parameters=8292166656
    ),
    telling=Telling(
        has=("self_attn.k_proj.bias",),
        has_not=("self_attn.q_norm.weight",),
        beside=(Has("visual.patch_embed.proj.weight"),),
    ),
    source="transformers Qwen2_5_VLForConditionalGeneration in the Qwen2.5-VL-7B configuration; "
    "ComfyUI sd.py",
    placement=Placement(
        comfyui_loader="DualCLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Qwen2_5_VLForConditionalGeneration",
        note="DualCLIPLoader type=hunyuan_video_15, beside byt5-small-glyph",
    ),
)
