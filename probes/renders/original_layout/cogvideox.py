"""CogVideoX as it left SAT, the toolkit it was trained in.

Names: THUDM/CogVideo, sat/dit_video_concat.py. A block's modulation stands for picture and text
together, six rows of the width for each: shift, scale and gate of attention, then of the MLP.
"""

from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State, packed, renamed

_NAMES = (
    (r"^transformer_blocks\.(\d+)\.MODULATION\.", r"mixins.adaln_layer.adaLN_modulations.\1.1."),
    (
        r"^transformer_blocks\.(\d+)\.attn1\.norm_q\.",
        r"mixins.adaln_layer.query_layernorm_list.\1.",
    ),
    (r"^transformer_blocks\.(\d+)\.attn1\.norm_k\.", r"mixins.adaln_layer.key_layernorm_list.\1."),
    (r"^transformer_blocks\.", "transformer.layers."),
    (r"\.attn1\.to_out\.0\.", ".attention.dense."),
    (r"\.attn1\.", ".attention."),
    (r"\.norm1\.norm\.", ".input_layernorm."),
    (r"\.norm2\.norm\.", ".post_attention_layernorm."),
    (r"\.ff\.net\.0\.proj\.", ".mlp.dense_h_to_4h."),
    (r"\.ff\.net\.2\.", ".mlp.dense_4h_to_h."),
    (r"^norm_final\.", "transformer.final_layernorm."),
    (r"^patch_embed\.", "mixins.patch_embed."),
    (r"^norm_out\.norm\.", "mixins.final_layer.norm_final."),
    (r"^norm_out\.linear\.", "mixins.final_layer.adaLN_modulation.1."),
    (r"^proj_out\.", "mixins.final_layer.linear."),
    (r"^time_embedding\.linear_1\.", "time_embed.0."),
    (r"^time_embedding\.linear_2\.", "time_embed.2."),
)


def network(state: Mapping[str, Any]) -> State:
    """``CogVideoXTransformer3DModel`` in SAT's names."""
    qkv = ("attn1.to_q.", "attn1.to_k.", "attn1.to_v.")
    return renamed(_modulated(packed(state, "attn1.query_key_value.", qkv)), _NAMES)


def _modulated(state: Mapping[str, Any]) -> State:
    import torch

    made: State = {}
    for name, tensor in state.items():
        if ".norm2.linear." in name:
            continue
        if ".norm1.linear." not in name:
            made[name] = tensor
            continue
        picture, text = tensor.chunk(2)
        picture_mlp, text_mlp = state[name.replace(".norm1.", ".norm2.")].chunk(2)
        rows = torch.cat([picture, picture_mlp, text, text_mlp])
        made[name.replace("norm1.linear", "MODULATION")] = rows
    return made


LAYOUT = Layout(
    networks={"transformer": network}, prefixes={"transformer": "model.diffusion_model."}
)
