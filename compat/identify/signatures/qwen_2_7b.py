"""Qwen2 or Qwen2.5 7B without a vision tower, which is the language half of Qwen2.5-VL 7B."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement
from compat.identify.predicates import HasNo

SIGNATURE = language_model(
    id="qwen-2-7b",
    family="qwen",
    variant="2 or 2.5 7B, or the language half of 2.5-VL 7B",
    size=DecoderSize(
        width=3584, inner=18944, layers=28, vocabulary=(152064,), parameters=7615616512
    ),
    telling=Telling(
        has=("self_attn.k_proj.bias",),
        has_not=("self_attn.q_norm.weight",),
        beside=(HasNo("visual."),),
    ),
    source="transformers Qwen2ForCausalLM in the Qwen2-7B configuration",
    placement=Placement(
        comfyui_loader="",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Qwen2_5_VLTextModel",
        note="HunyuanVideo 1.5 folders keep this half of Qwen2.5-VL 7B; the header does not "
        "tell it from the plain Qwen2 7B, which it was not trained with",
    ),
)
