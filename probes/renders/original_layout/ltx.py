"""LTX Video as Lightricks publishes it: one file for the network and its autoencoder.

Names: Lightricks/LTX-Video, ltx_video/models/transformers/transformer3d.py, and
autoencoders/causal_video_autoencoder.py for the blocks of the autoencoder of version 0.9.0.
"""

from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State, renamed

_NETWORK = (
    (r"^proj_in\.", "patchify_proj."),
    (r"^time_embed\.", "adaln_single."),
    (r"\.norm_q\.", ".q_norm."),
    (r"\.norm_k\.", ".k_norm."),
)
# The published encoder and decoder are flat lists; diffusers groups each resolution.
_AUTOENCODER = (
    (r"\.mid_block\.resnets\.", ".MID.res_blocks."),
    (r"\.mid_block\.", ".MID."),
    (r"^encoder\.MID\.", "encoder.down_blocks.9."),
    (r"^decoder\.MID\.", "decoder.up_blocks.0."),
    (r"^encoder\.down_blocks\.([012])\.", r"encoder.DOWN\1."),
    (r"^encoder\.down_blocks\.3\.resnets\.", "encoder.down_blocks.8.res_blocks."),
    *(
        rule
        for block in range(3)
        for rule in (
            (rf"^encoder\.DOWN{block}\.resnets\.", f"encoder.down_blocks.{3 * block}.res_blocks."),
            (rf"^encoder\.DOWN{block}\.downsamplers\.0\.", f"encoder.down_blocks.{3 * block + 1}."),
            (rf"^encoder\.DOWN{block}\.conv_out\.", f"encoder.down_blocks.{3 * block + 2}."),
        )
    ),
    (r"^decoder\.up_blocks\.([0123])\.(?=resnets|upsamplers|conv_in)", r"decoder.UP\1."),
    (r"^decoder\.UP0\.resnets\.", "decoder.up_blocks.1.res_blocks."),
    (r"^decoder\.UP1\.upsamplers\.0\.", "decoder.up_blocks.2."),
    (r"^decoder\.UP1\.resnets\.", "decoder.up_blocks.3.res_blocks."),
    (r"^decoder\.UP2\.conv_in\.", "decoder.up_blocks.4."),
    (r"^decoder\.UP2\.upsamplers\.0\.", "decoder.up_blocks.5."),
    (r"^decoder\.UP2\.resnets\.", "decoder.up_blocks.6.res_blocks."),
    (r"^decoder\.UP3\.conv_in\.", "decoder.up_blocks.7."),
    (r"^decoder\.UP3\.upsamplers\.0\.", "decoder.up_blocks.8."),
    (r"^decoder\.UP3\.resnets\.", "decoder.up_blocks.9.res_blocks."),
    (r"\.conv_shortcut\.conv\.", ".conv_shortcut."),
    (r"\.norm3\.", ".norm3.norm."),
    (r"^latents_mean$", "per_channel_statistics.mean-of-means"),
    (r"^latents_std$", "per_channel_statistics.std-of-means"),
)


def network(state: Mapping[str, Any]) -> State:
    """``LTXVideoTransformer3DModel`` in Lightricks' names."""
    return renamed(state, _NETWORK)


def autoencoder(state: Mapping[str, Any]) -> State:
    """``AutoencoderKLLTXVideo`` with the blocks of 0.9.0 in Lightricks' names."""
    return renamed(state, _AUTOENCODER)


LAYOUT = Layout(
    networks={"transformer": network},
    autoencoder=autoencoder,
    prefixes={"transformer": "model.diffusion_model.", "vae": "vae."},
    architecture="ltxv",
    # city96/ComfyUI-GGUF, tools/lcpp.patch: what its llama-quantize leaves alone in this family.
    kept=(
        "adaln_single.",
        "caption_projection.",
        "patchify_proj.",
        "proj_out.",
        "scale_shift_table",
    ),
)
