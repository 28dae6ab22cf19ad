"""LTX Video and LTX-2 in ComfyUI, which reads their sizes from the config in the header."""

import json
from typing import Any

from probes.renders.comfyui.course import Course
from probes.renders.comfyui.family import ComfyFamily, Inputs, Start, mask
from probes.renders.comfyui.sizes import Sizes
from probes.renders.tiny.model import Parts

_VAE = "comfy.ldm.lightricks.vae.causal_video_autoencoder"
_AV = "comfy.ldm.lightricks.av_model"
_NAMES = (
    "num_attention_heads", "attention_head_dim", "cross_attention_dim", "caption_channels",
    "in_channels", "num_layers",
)  # fmt: skip
_AUDIO_NAMES = (
    "audio_in_channels", "audio_num_attention_heads", "audio_attention_head_dim",
    "audio_cross_attention_dim",
)  # fmt: skip


def _config(**parts: dict[str, Any]) -> dict[str, str]:
    return {"config": json.dumps(parts)}


def _unpacked(latents: Any, inputs: Inputs) -> Any:
    # Compression of 8 in time and 32 in space.
    grid = (inputs["num_frames"] - 1) // 8 + 1, inputs["height"] // 32, inputs["width"] // 32
    return latents.reshape(1, *grid, -1).permute(0, 4, 1, 2, 3)


def _packed(latents: Any) -> Any:
    return latents.permute(0, 2, 3, 4, 1).flatten(1, 3)


def _ltx(inputs: Inputs, _course: Course, _model: str) -> Start:
    return Start(
        text=inputs["prompt_embeds"],
        # 25 frames a second is what pipeline and node take where none is given.
        conditions={"attention_mask": mask(inputs), "frame_rate": 25},
        noise=(_unpacked(inputs["latents"], inputs),),
    )


def _ltx_metadata(parts: Parts) -> dict[str, str]:
    network, vae = parts["transformer"].config, parts["vae"].config
    layers = vae.layers_per_block
    blocks: list[list[Any]] = []
    for count in layers[:3]:
        blocks += [["res_x", count], ["compress_all", 1], ["res_x_y", 1]]
    # The third resolution is followed by the fourth in the same width.
    blocks[-1:] = [["res_x", count] for count in layers[3:]]
    autoencoder = {
        "dims": 3,
        "latent_channels": vae.latent_channels,
        "blocks": blocks,
        "norm_layer": "pixel_norm",
        "patch_size": vae.patch_size,
        "latent_log_var": "uniform",
        "causal_decoder": False,
        # Lightricks and diffusers take zeros where a config is silent, ComfyUI's decoder mirrors.
        "spatial_padding_mode": "zeros",
    }
    return _config(transformer={name: network[name] for name in _NAMES}, vae=autoencoder)


def _ltx_sizes(parts: Parts) -> Sizes:
    width = {"base_channels": parts["vae"].config.block_out_channels[0]}
    return Sizes(arguments={(_VAE, "Encoder"): width, (_VAE, "Decoder"): width})


def _ltx_2(inputs: Inputs, course: Course, model: str) -> Start:
    call = course.call
    picture, text = _unpacked(call["hidden_states"], inputs), call["encoder_hidden_states"]
    conditions = {
        "attention_mask": call["encoder_attention_mask"].long(),
        "frame_rate": call["fps"],
    }
    if model != "LTXAV":
        # A ComfyUI older than LTX-2 takes the file for one of LTX Video.
        return Start(text=text, conditions=conditions, noise=(picture,))
    import torch

    _, channels, length, bins = inputs["audio_latents"].shape
    sound = call["audio_hidden_states"].reshape(1, length, channels, bins).transpose(1, 2)
    both = torch.cat([text, call["audio_encoder_hidden_states"]], dim=-1)
    return Start(text=both, conditions=conditions, noise=(picture, sound))


def _ltx_2_metadata(parts: Parts) -> dict[str, str]:
    network = parts["transformer"].config
    transformer = {name: network[name] for name in (*_NAMES, *_AUDIO_NAMES)}
    return _config(
        transformer={
            **transformer,
            "causal_temporal_positioning": True,
            "use_middle_indices_grid": True,
            "timestep_scale_multiplier": network.timestep_scale_multiplier,
            "av_ca_timestep_scale_multiplier": network.cross_attn_timestep_scale_multiplier,
            "positional_embedding_max_pos": [
                network.pos_embed_max_pos, network.base_height, network.base_width,
            ],
            "audio_positional_embedding_max_pos": [network.audio_pos_embed_max_pos],
            "rope_type": network.rope_type,
            "frequencies_precision": "float64" if network.rope_double_precision else "float32",
        }
    )  # fmt: skip


def _ltx_2_sizes(parts: Parts) -> Sizes:
    channels = parts["audio_vae"].config.latent_channels
    bins = parts["transformer"].config.audio_in_channels // channels
    return Sizes(numbers={(_AV, "LTXAVModel", "__init__"): {8: channels, 16: bins}})


LTX = ComfyFamily(
    begin=_ltx,
    packed=_packed,
    metadata=_ltx_metadata,
    sizes=_ltx_sizes,
    bundled=True,
    decodes=True,
)
LTX_2 = ComfyFamily(
    begin=_ltx_2, packed=_packed, metadata=_ltx_2_metadata, sizes=_ltx_2_sizes, bundled=True
)
