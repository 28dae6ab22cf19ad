"""Names of weights that a network starts at zero on purpose and may keep there."""

import re

_WORDS = (
    # Outputs of residual branches: transformer wrappers, motion modules, ControlNet, VACE.
    r"proj_out|conv_out|linear_out|final_linear|to_out|head\.head|pwconv2|(pre|post)process_conv",
    r"temp_convs?\.\d+\.conv4|\w+\.1\.proj",
    r"zero_(conv|linear|proj|module|out)s?|before_proj|after_proj|input_hint_block|input_block",
    r"controlnet_\w+|middle_block_out|spatial_ch_projs|pos_embed_input|plucker_embedder",
    # Modulation that starts as "change nothing" (DiT's adaLN-Zero), and the layer after the last.
    r"ada_?ln\w*|modulation|scale_shift_table|norm_out|final_layer|norm\d?\w*\.linear",
    # Gates and embeddings that start without effect.
    r"gate|gate_logits|to_gate_logits|gate_m(sa|lp)",
    r"(pos|position|positional|null|uncond|padding)_\w*(embed|embedding|embeds|token)\w*",
    # The factor of an adapter that starts at zero: LoRA up, LoHa, LoKr, full differences.
    r"lora_B|lora_up|\w*lora\.up|hada_w[12]_[ab]|lokr_w[12](_[ab])?|diff(_b)?",
)
_MEANT = re.compile(rf"(^|[._])({'|'.join(_WORDS)})([._]|$)", re.IGNORECASE)
"""Read off the initialisations of diffusers 0.42 (zero_module, nn.init.zeros_), ComfyUI, Wan2GP,
PEFT and LyCORIS."""


def may_be_zero(name: str) -> bool:
    """Whether a weight of this name starts at zero in a published architecture."""
    return _MEANT.search(name) is not None
