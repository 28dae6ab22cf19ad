"""The families that ComfyUI's core renders, and what it takes for granted in each."""

from probes.renders.comfyui.course import Course
from probes.renders.comfyui.family import ComfyFamily, Inputs, Start, mask, plainly
from probes.renders.comfyui.lightricks import LTX, LTX_2
from probes.renders.comfyui.sizes import Sizes
from probes.renders.tiny.model import Parts

_MOCHI = "comfy.ldm.genmo.joint_model.asymm_models_joint"


def _wan_sizes(parts: Parts) -> Sizes:
    width = {"dim": parts["vae"].config.base_dim}
    return Sizes(arguments={("comfy.ldm.wan.vae", "WanVAE"): width})


def _hunyuan(inputs: Inputs, _course: Course, _model: str) -> Start:
    conditions = {
        "attention_mask": mask(inputs),
        "pooled_output": inputs["pooled_prompt_embeds"],
        "guidance": inputs["guidance_scale"],
    }
    return Start(text=inputs["prompt_embeds"], conditions=conditions, noise=(inputs["latents"],))


def _mochi(inputs: Inputs, _course: Course, _model: str) -> Start:
    return Start(
        text=inputs["prompt_embeds"],
        conditions={"attention_mask": mask(inputs)},
        noise=(inputs["latents"],),
    )


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


_WAN = ComfyFamily(begin=plainly, sizes=_wan_sizes, decodes=True)

FAMILIES: dict[str, ComfyFamily] = {
    "ltx": LTX,
    "ltx-2": LTX_2,
    "wan-2.1": _WAN,
    "wan-2.2": _WAN,
    "hunyuan-video": ComfyFamily(begin=_hunyuan),
    "mochi": ComfyFamily(begin=_mochi, sizes=_mochi_sizes, rising=True),
}

UNKNOWN = ComfyFamily(begin=plainly)
"""For a family that ComfyUI's core does not know; its words are asked for all the same."""
