"""The families that ComfyUI's core renders, and what it takes for granted in each."""

import json
from typing import Any

from probes.renders.comfyui.family import ComfyFamily, Inputs
from probes.renders.comfyui.sizes import Sizes
from probes.renders.tiny.model import Parts


def _mask(inputs: Inputs) -> Any:
    return inputs["prompt_attention_mask"].long()


def _ltx_conditions(inputs: Inputs) -> dict[str, Any]:
    # 25 frames a second is what pipeline and node take where none is given.
    return {"attention_mask": _mask(inputs), "frame_rate": 25}


def _ltx_grid(inputs: Inputs) -> tuple[int, int, int]:
    # Compression of 8 in time and 32 in space.
    return (inputs["num_frames"] - 1) // 8 + 1, inputs["height"] // 32, inputs["width"] // 32


def _ltx_unpacked(latents: Any, inputs: Inputs) -> Any:
    return latents.reshape(1, *_ltx_grid(inputs), -1).permute(0, 4, 1, 2, 3)


def _ltx_packed(latents: Any, _inputs: Inputs) -> Any:
    return latents.permute(0, 2, 3, 4, 1).flatten(1, 3)


def ltx_metadata(parts: Parts) -> dict[str, str]:
    """The config that Lightricks puts into the header, with the tiny model's sizes."""
    network, vae = parts["transformer"].config, parts["vae"].config
    names = (
        "num_attention_heads", "attention_head_dim", "cross_attention_dim", "caption_channels",
        "in_channels", "num_layers",
    )  # fmt: skip
    blocks: list[list[Any]] = []
    for layers in vae.layers_per_block[:3]:
        blocks += [["res_x", layers], ["compress_all", 1], ["res_x_y", 1]]
    blocks[-1:] = [["res_x", layers] for layers in vae.layers_per_block[3:]]
    autoencoder = {
        "dims": 3,
        "latent_channels": vae.latent_channels,
        "blocks": blocks,
        "norm_layer": "pixel_norm",
        "patch_size": vae.patch_size,
        "latent_log_var": "uniform",
        "causal_decoder": False,
        "spatial_padding_mode": "zeros",
    }
    config = {"transformer": {name: network[name] for name in names}, "vae": autoencoder}
    return {"config": json.dumps(config)}


def _hunyuan_conditions(inputs: Inputs) -> dict[str, Any]:
    return {
        "attention_mask": _mask(inputs),
        "pooled_output": inputs["pooled_prompt_embeds"],
        "guidance": inputs["guidance_scale"],
    }


_LTX_VAE = "comfy.ldm.lightricks.vae.causal_video_autoencoder"
_MOCHI = "comfy.ldm.genmo.joint_model.asymm_models_joint"


def _ltx_sizes(parts: Parts) -> Sizes:
    width = {"base_channels": parts["vae"].config.block_out_channels[0]}
    return Sizes(arguments={(_LTX_VAE, "Encoder"): width, (_LTX_VAE, "Decoder"): width})


def _wan_sizes(parts: Parts) -> Sizes:
    width = {"dim": parts["vae"].config.base_dim}
    return Sizes(arguments={("comfy.ldm.wan.vae", "WanVAE"): width})


def _mochi_sizes(parts: Parts) -> Sizes:
    config = parts["transformer"].config
    width = config.num_attention_heads * config.attention_head_dim
    detected = {
        "depth": config.num_layers,
        "num_heads": config.num_attention_heads,
        "hidden_size_x": width,
        "hidden_size_y": config.pooled_projection_dim,
        "in_channels": config.in_channels,
        "t5_feat_dim": config.text_embed_dim,
        "t5_token_length": config.max_sequence_length,
    }
    # A block insists on an MLP of 12288, four times the published width.
    block = (_MOCHI, "AsymmetricJointBlock", "__init__")
    return Sizes(detected=detected, numbers={block: {12288: 4 * width}})


_WAN = ComfyFamily(conditions=lambda _inputs: {}, sizes=_wan_sizes, decodes=True)

FAMILIES: dict[str, ComfyFamily] = {
    "ltx": ComfyFamily(
        conditions=_ltx_conditions,
        unpacked=_ltx_unpacked,
        packed=_ltx_packed,
        metadata=ltx_metadata,
        sizes=_ltx_sizes,
        bundled=True,
        decodes=True,
    ),
    "wan-2.1": _WAN,
    "wan-2.2": _WAN,
    "hunyuan-video": ComfyFamily(conditions=_hunyuan_conditions),
    "mochi": ComfyFamily(
        conditions=lambda inputs: {"attention_mask": _mask(inputs)},
        sizes=_mochi_sizes,
        rising=True,
    ),
}

UNKNOWN = ComfyFamily(conditions=lambda _inputs: {})
"""For a family that ComfyUI's core does not know; its words are asked for all the same."""
