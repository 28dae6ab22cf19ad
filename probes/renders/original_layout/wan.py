"""Wan 2.1 and 2.2 as Alibaba publishes them: one file per network, another for the autoencoder.

Names: Wan-Video/Wan2.1, wan/modules/model.py and wan/modules/vae.py. The layer called norm3 there
is diffusers' norm2, and the two others carry no weights.
"""

from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State, renamed

_NETWORK = (
    (r"^condition_embedder\.time_embedder\.linear_1\.", "time_embedding.0."),
    (r"^condition_embedder\.time_embedder\.linear_2\.", "time_embedding.2."),
    (r"^condition_embedder\.text_embedder\.linear_1\.", "text_embedding.0."),
    (r"^condition_embedder\.text_embedder\.linear_2\.", "text_embedding.2."),
    (r"^condition_embedder\.time_proj\.", "time_projection.1."),
    (r"^scale_shift_table$", "head.modulation"),
    (r"\.scale_shift_table$", ".modulation"),
    (r"^proj_out\.", "head.head."),
    (r"\.norm2\.", ".norm3."),
    (r"\.ffn\.net\.0\.proj\.", ".ffn.0."),
    (r"\.ffn\.net\.2\.", ".ffn.2."),
    (r"\.attn1\.", ".self_attn."),
    (r"\.attn2\.", ".cross_attn."),
    (r"\.to_out\.0\.", ".o."),
    (r"\.to_([qkv])\.", r".\1."),
)
_RESNET = (
    (r"\.norm1\.", ".residual.0."),
    (r"\.conv1\.", ".residual.2."),
    (r"\.norm2\.", ".residual.3."),
    (r"\.conv2\.", ".residual.6."),
    (r"\.conv_shortcut\.", ".shortcut."),
)


def network(state: Mapping[str, Any]) -> State:
    """``WanTransformer3DModel`` in Wan's names."""
    return renamed(state, _NETWORK)


def autoencoder(state: Mapping[str, Any]) -> State:
    """``AutoencoderKLWan`` of Wan 2.1 in Wan's names.

    The published decoder is a flat list in which each resolution has its blocks and then, but for
    the last, an upsampler.
    """
    blocks = 1 + max(_number(name, "resnets") for name in state if ".up_blocks." in name)
    return renamed(state, _autoencoder(blocks))


def _number(name: str, kind: str) -> int:
    _, found, rest = name.partition(f".{kind}.")
    return int(rest.partition(".")[0]) if found else 0


def _autoencoder(blocks: int) -> tuple[tuple[str, str], ...]:
    flat = tuple(
        rule
        for level in range(4)
        for rule in (
            *(
                (
                    rf"^decoder\.up_blocks\.{level}\.resnets\.{block}\.",
                    f"decoder.upsamples.{level * (blocks + 1) + block}.",
                )
                for block in range(blocks)
            ),
            (
                rf"^decoder\.up_blocks\.{level}\.upsamplers\.0\.",
                f"decoder.upsamples.{level * (blocks + 1) + blocks}.",
            ),
        )
    )
    return (
        (r"^encoder\.down_blocks\.", "encoder.downsamples."),
        *flat,
        (r"\.mid_block\.resnets\.0\.", ".middle.0."),
        (r"\.mid_block\.attentions\.0\.", ".middle.1."),
        (r"\.mid_block\.resnets\.1\.", ".middle.2."),
        *_RESNET,
        (r"^(encoder|decoder)\.conv_in\.", r"\1.conv1."),
        (r"^(encoder|decoder)\.norm_out\.", r"\1.head.0."),
        (r"^(encoder|decoder)\.conv_out\.", r"\1.head.2."),
        (r"^quant_conv\.", "conv1."),
        (r"^post_quant_conv\.", "conv2."),
    )


# city96/ComfyUI-GGUF, tools/lcpp.patch and convert.py.
_KEPT = (
    "modulation",
    "patch_embedding.",
    "text_embedding.",
    "time_projection.",
    "time_embedding.",
    "img_emb.",
    "head.",
)
WAN_2_1 = Layout(
    networks={"transformer": network}, autoencoder=autoencoder, architecture="wan", kept=_KEPT
)
WAN_2_2 = Layout(
    networks={"transformer": network, "transformer_2": network},
    autoencoder=autoencoder,
    architecture="wan",
    kept=_KEPT,
)
