"""HunyuanVideo as Tencent publishes it, with queries, keys and values in one matrix.

Names: Tencent/HunyuanVideo, hyvideo/modules/models.py and token_refiner.py.
"""

from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State, halves_swapped, packed, renamed

_QKV = ("attn.to_q.", "attn.to_k.", "attn.to_v.")
_TEXT_QKV = ("attn.add_q_proj.", "attn.add_k_proj.", "attn.add_v_proj.")
_NAMES = (
    (r"^x_embedder\.", "img_in."),
    (r"^time_text_embed\.timestep_embedder\.linear_1\.", "time_in.mlp.0."),
    (r"^time_text_embed\.timestep_embedder\.linear_2\.", "time_in.mlp.2."),
    (r"^time_text_embed\.guidance_embedder\.linear_1\.", "guidance_in.mlp.0."),
    (r"^time_text_embed\.guidance_embedder\.linear_2\.", "guidance_in.mlp.2."),
    (r"^time_text_embed\.text_embedder\.linear_1\.", "vector_in.in_layer."),
    (r"^time_text_embed\.text_embedder\.linear_2\.", "vector_in.out_layer."),
    # The refiner of the text.
    (
        r"^context_embedder\.time_text_embed\.timestep_embedder\.linear_1\.",
        "txt_in.t_embedder.mlp.0.",
    ),
    (
        r"^context_embedder\.time_text_embed\.timestep_embedder\.linear_2\.",
        "txt_in.t_embedder.mlp.2.",
    ),
    (r"^context_embedder\.time_text_embed\.text_embedder\.", "txt_in.c_embedder."),
    (r"^context_embedder\.proj_in\.", "txt_in.input_embedder."),
    (
        r"^context_embedder\.token_refiner\.refiner_blocks\.",
        "txt_in.individual_token_refiner.blocks.",
    ),
    (r"(^txt_in\..*)\.norm_out\.linear\.", r"\1.adaLN_modulation.1."),
    (r"(^txt_in\..*)\.QKV\.", r"\1.self_attn_qkv."),
    (r"(^txt_in\..*)\.attn\.to_out\.0\.", r"\1.self_attn_proj."),
    (r"(^txt_in\..*)\.ff\.net\.0\.proj\.", r"\1.mlp.fc1."),
    (r"(^txt_in\..*)\.ff\.net\.2\.", r"\1.mlp.fc2."),
    # Blocks with one path for the picture and one for the text.
    (r"^transformer_blocks\.", "double_blocks."),
    (r"\.norm1\.linear\.", ".img_mod.linear."),
    (r"\.norm1_context\.linear\.", ".txt_mod.linear."),
    (r"(^double_.*)\.QKV\.", r"\1.img_attn_qkv."),
    (r"(^double_.*)\.TEXT_QKV\.", r"\1.txt_attn_qkv."),
    (r"\.attn\.norm_added_([qk])\.", r".txt_attn_\1_norm."),
    (r"(^double_.*)\.attn\.norm_([qk])\.", r"\1.img_attn_\2_norm."),
    (r"\.attn\.to_out\.0\.", ".img_attn_proj."),
    (r"\.attn\.to_add_out\.", ".txt_attn_proj."),
    (r"\.ff\.net\.0\.proj\.", ".img_mlp.fc1."),
    (r"\.ff\.net\.2\.", ".img_mlp.fc2."),
    (r"\.ff_context\.net\.0\.proj\.", ".txt_mlp.fc1."),
    (r"\.ff_context\.net\.2\.", ".txt_mlp.fc2."),
    # Blocks with one path for both.
    (r"^single_transformer_blocks\.", "single_blocks."),
    (r"(^single_.*)\.attn\.norm_([qk])\.", r"\1.\2_norm."),
    (r"(^single_.*)\.norm\.linear\.", r"\1.modulation.linear."),
    (r"(^single_.*)\.proj_out\.", r"\1.linear2."),
    (r"^norm_out\.linear\.", "final_layer.adaLN_modulation.1."),
    (r"^proj_out\.", "final_layer.linear."),
)


def network(state: Mapping[str, Any]) -> State:
    """``HunyuanVideoTransformer3DModel`` in Tencent's names."""
    single = {name: t for name, t in state.items() if name.startswith("single_transformer_blocks.")}
    others = {name: t for name, t in state.items() if name not in single}
    rows = {
        # The wide layer of a block holds queries, keys, values and the first layer of its MLP.
        **packed(packed_names(single), "linear1.", (*_QKV, "attn.proj_mlp.")),
        **packed(packed(others, "QKV.", _QKV), "TEXT_QKV.", _TEXT_QKV),
    }
    return halves_swapped(renamed(rows, _NAMES), r"^final_layer\.adaLN_modulation")


def packed_names(state: Mapping[str, Any]) -> State:
    """``proj_mlp`` under the name of its mates, beside the queries."""
    return renamed(state, ((r"\.proj_mlp\.", ".attn.proj_mlp."),))


LAYOUT = Layout(
    networks={"transformer": network},
    architecture="hyvid",
    # city96/ComfyUI-GGUF, tools/lcpp.patch.
    kept=("txt_in.", "img_in.", "time_in.", "vector_in.", "guidance_in.", "final_layer."),
)
