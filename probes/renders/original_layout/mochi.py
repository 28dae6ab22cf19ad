"""Mochi 1 as Genmo publishes it: packed attention, gates before values, shifts before scales.

Names: genmoai/mochi, src/genmo/mochi_preview/dit/joint_model/asymm_models_joint.py.
"""

from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import BY_NAMES, Layout
from probes.renders.original_layout.packing import State, halves_swapped, packed, renamed

_NAMES = (
    (r"^patch_embed\.proj\.", "x_embedder.proj."),
    (r"^time_embed\.timestep_embedder\.linear_1\.", "t_embedder.mlp.0."),
    (r"^time_embed\.timestep_embedder\.linear_2\.", "t_embedder.mlp.2."),
    (r"^time_embed\.pooler\.", "t5_y_embedder."),
    (r"^time_embed\.caption_proj\.", "t5_yproj."),
    (r"^transformer_blocks\.", "blocks."),
    (r"\.norm1\.linear\.", ".mod_x."),
    # In the last block, whose text goes nowhere, the layer has another name.
    (r"\.norm1_context\.linear(_1)?\.", ".mod_y."),
    (r"\.attn1\.norm_([qk])\.", r".attn.\1_norm_x."),
    (r"\.attn1\.norm_added_([qk])\.", r".attn.\1_norm_y."),
    (r"\.attn1\.to_out\.0\.", ".attn.proj_x."),
    (r"\.attn1\.to_add_out\.", ".attn.proj_y."),
    (r"\.attn1\.", ".attn."),
    (r"\.ff\.net\.0\.proj\.", ".mlp_x.w1."),
    (r"\.ff\.net\.2\.", ".mlp_x.w2."),
    (r"\.ff_context\.net\.0\.proj\.", ".mlp_y.w1."),
    (r"\.ff_context\.net\.2\.", ".mlp_y.w2."),
    (r"^norm_out\.linear\.", "final_layer.mod."),
    (r"^proj_out\.", "final_layer.linear."),
)


def network(state: Mapping[str, Any]) -> State:
    """``MochiTransformer3DModel`` in Genmo's names."""
    one = packed(state, "attn1.qkv_x.", ("attn1.to_q.", "attn1.to_k.", "attn1.to_v."))
    two = packed(
        one, "attn1.qkv_y.", ("attn1.add_q_proj.", "attn1.add_k_proj.", "attn1.add_v_proj.")
    )
    return halves_swapped(renamed(two, _NAMES), r"\.mlp_[xy]\.w1\.", r"^final_layer\.mod\.")


LAYOUT = Layout(
    networks={"transformer": network},
    # Left alone as in the families that city96 lists.
    architecture=BY_NAMES,
    kept=("t_embedder.", "t5_y_embedder.", "t5_yproj.", "x_embedder.", "final_layer.", "pos_freq"),
)
