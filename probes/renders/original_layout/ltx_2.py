"""LTX-2 as Lightricks publishes it: one file for all networks.

Names: Lightricks/LTX-2, packages/ltx-core/src/ltx_core/model/transformer/model.py.
"""

from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State, renamed

_NETWORK = (
    (r"^audio_proj_in\.", "audio_patchify_proj."),
    (r"^proj_in\.", "patchify_proj."),
    (r"^av_cross_attn_video_scale_shift\.", "av_ca_video_scale_shift_adaln_single."),
    (r"^av_cross_attn_video_a2v_gate\.", "av_ca_a2v_gate_adaln_single."),
    (r"^av_cross_attn_audio_scale_shift\.", "av_ca_audio_scale_shift_adaln_single."),
    (r"^av_cross_attn_audio_v2a_gate\.", "av_ca_v2a_gate_adaln_single."),
    (r"\.video_a2v_cross_attn_scale_shift_table$", ".scale_shift_table_a2v_ca_video"),
    (r"\.audio_a2v_cross_attn_scale_shift_table$", ".scale_shift_table_a2v_ca_audio"),
    (r"^audio_time_embed\.", "audio_adaln_single."),
    (r"^time_embed\.", "adaln_single."),
    (r"\.norm_q\.", ".q_norm."),
    (r"\.norm_k\.", ".k_norm."),
)


def network(state: Mapping[str, Any]) -> State:
    """``LTX2VideoTransformer3DModel`` in Lightricks' names."""
    return renamed(state, _NETWORK)


LAYOUT = Layout(
    networks={"transformer": network},
    prefixes={"transformer": "model.diffusion_model."},
    # The files of LTX-2 state the same word as those of LTX Video.
    architecture="ltxv",
    kept=(
        "adaln_single.",
        "caption_projection.",
        "patchify_proj.",
        "proj_out.",
        "scale_shift_table",
    ),
)
