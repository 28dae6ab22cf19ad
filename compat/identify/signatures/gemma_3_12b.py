"""Gemma 3 12B, with or without its vision tower: LTX-2 and LTX-2.3 read prompts with it."""

from compat.identify.kinds.language_model import DecoderSize, Telling, language_model
from compat.identify.model import Placement

SIGNATURE = language_model(
    id="gemma-3-12b",
    family="gemma",
    variant="3 12B",
    size=DecoderSize(
        width=3840, inner=15360, layers=48, vocabulary=(262208, 262144), parameters=11766034176
    ),
    telling=Telling(
        has=("self_attn.q_norm.weight", "post_feedforward_layernorm.weight"),
        has_not=("layer_scalar",),
    ),
    source="transformers Gemma3ForConditionalGeneration in the gemma-3-12b-it configuration; "
    "ComfyUI sd.py",
    placement=Placement(
        comfyui_loader="LTXAVTextEncoderLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.Gemma3ForConditionalGeneration",
        note="also LTXVGemmaCLIPModelLoader of ComfyUI-LTXVideo for a folder; needs its "
        "tokenizer: inside a single file as spiece_model, else tokenizer files beside the "
        "folder",
    ),
)
