"""Denoisers in their publishers' layout, built from the classes of a ComfyUI checkout.

ComfyUI keeps the publishers' names, except in HunyuanVideo, whose published names are made here
from ComfyUI's own.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.header_fixtures.build import BF16, F16, computed, entries, on_meta
from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import Fixture

_WAN_14B = {"dim": 5120, "ffn_dim": 13824, "num_heads": 40, "num_layers": 40}
_WAN_1_3B = {"dim": 1536, "ffn_dim": 8960, "num_heads": 12, "num_layers": 30}
_WAN_5B = {"dim": 3072, "ffn_dim": 14336, "num_heads": 24, "num_layers": 30}
_WAN_17B = {**_WAN_14B, "in_dim": 36}
_LTX_13B = {"cross_attention_dim": 4096, "attention_head_dim": 128, "num_layers": 48}
_HUNYUAN = {
    "in_channels": 16, "out_channels": 16, "vec_in_dim": 768, "context_in_dim": 4096,
    "hidden_size": 3072, "mlp_ratio": 4.0, "num_heads": 24, "depth": 20,
    "depth_single_blocks": 40, "axes_dim": [16, 56, 56], "theta": 256, "patch_size": [1, 2, 2],
    "qkv_bias": True, "guidance_embed": True, "byt5": False, "meanflow": False,
    "use_cond_type_embedding": False, "vision_in_dim": None, "meanflow_sum": False,
}  # fmt: skip
_HUNYUAN_1_5 = {
    **_HUNYUAN, "in_channels": 65, "out_channels": 32, "vec_in_dim": None, "context_in_dim": 3584,
    "hidden_size": 2048, "num_heads": 16, "depth": 54, "depth_single_blocks": 0,
    "patch_size": [1, 1, 1], "guidance_embed": False, "byt5": True,
    "use_cond_type_embedding": True, "vision_in_dim": 1152, "meanflow_sum": True,
}  # fmt: skip
_MOCHI = {
    "depth": 48, "patch_size": 2, "num_heads": 24, "hidden_size_x": 3072, "hidden_size_y": 1536,
    "mlp_ratio_x": 4.0, "mlp_ratio_y": 4.0, "learn_sigma": False, "in_channels": 12,
    "qk_norm": True, "qkv_bias": False, "out_bias": True, "attn_drop": 0.0, "use_t5": True,
    "t5_feat_dim": 4096, "t5_token_length": 256,
}  # fmt: skip
_UNET = {"image_size": 32, "in_channels": 4, "out_channels": 4, "use_spatial_transformer": True}
_SD15 = {
    **_UNET, "model_channels": 320, "num_res_blocks": [2] * 4, "channel_mult": [1, 2, 4, 4],
    "num_heads": 8, "context_dim": 768, "transformer_depth": [1] * 6 + [0, 0],
    "transformer_depth_middle": 1, "transformer_depth_output": [1] * 9 + [0] * 3,
}  # fmt: skip
_SD2 = {**_SD15, "context_dim": 1024, "use_linear_in_transformer": True, "num_heads": -1,
        "num_head_channels": 64}  # fmt: skip
_SDXL = {
    **_UNET, "model_channels": 320, "num_res_blocks": [2] * 3, "channel_mult": [1, 2, 4],
    "num_head_channels": 64, "context_dim": 2048, "use_linear_in_transformer": True,
    "transformer_depth": [0, 0, 2, 2, 10, 10], "transformer_depth_middle": 10,
    "transformer_depth_output": [0, 0, 0, 2, 2, 2, 10, 10, 10],
    "num_classes": "sequential", "adm_in_channels": 2816,
}  # fmt: skip
_REFINER = {
    **_UNET, "model_channels": 384, "num_res_blocks": [2] * 4, "channel_mult": [1, 2, 4, 4],
    "num_head_channels": 64, "context_dim": 1280, "use_linear_in_transformer": True,
    "transformer_depth": [0, 0, 4, 4, 4, 4, 0, 0], "transformer_depth_middle": 4,
    "transformer_depth_output": [0, 0, 0, 4, 4, 4, 4, 4, 4, 0, 0, 0],
    "num_classes": "sequential", "adm_in_channels": 2560,
}  # fmt: skip

_FLUX_DEV = {
    "in_channels": 16, "out_channels": 16, "vec_in_dim": 768, "context_in_dim": 4096,
    "hidden_size": 3072, "mlp_ratio": 4.0, "num_heads": 24, "depth": 19,
    "depth_single_blocks": 38, "axes_dim": [16, 56, 56], "theta": 10000, "patch_size": 2,
    "txt_ids_dims": [],
    "qkv_bias": True, "guidance_embed": True,
}  # fmt: skip
_COSMOS2_2B = {
    "max_img_h": 240, "max_img_w": 240, "max_frames": 128, "in_channels": 16, "out_channels": 16,
    "patch_spatial": 2, "patch_temporal": 1, "model_channels": 2048, "concat_padding_mask": True,
    "crossattn_emb_channels": 1024, "pos_emb_cls": "rope3d", "pos_emb_learnable": True,
    "pos_emb_interpolation": "crop", "min_fps": 1, "max_fps": 30, "use_adaln_lora": True,
    "adaln_lora_dim": 256, "num_blocks": 28, "num_heads": 16,
    "extra_per_block_abs_pos_emb": False, "rope_h_extrapolation_ratio": 4.0,
    "rope_w_extrapolation_ratio": 4.0, "rope_t_extrapolation_ratio": 1.0,
}  # fmt: skip

_WAN = "comfy.ldm.wan.model:WanModel"
_VACE = "comfy.ldm.wan.model:VaceWanModel"
_CAMERA = "comfy.ldm.wan.model:CameraWanModel"
_S2V = "comfy.ldm.wan.model:WanModel_S2V"
_HUMO = "comfy.ldm.wan.model:HumoWanModel"
_ANIMATE = "comfy.ldm.wan.model_animate:AnimateWanModel"
_LTXV = "comfy.ldm.lightricks.model:LTXVModel"
_HY = "comfy.ldm.hunyuan_video.model:HunyuanVideo"
_ASYMM = "comfy.ldm.genmo.joint_model.asymm_models_joint:AsymmDiTJoint"
_SD = "comfy.ldm.modules.diffusionmodules.openaimodel:UNetModel"
_FLUX = "comfy.ldm.flux.model:Flux"
_COSMOS2 = "comfy.ldm.cosmos.predict2:MiniTrainDIT"

PUBLISHED: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("ltx-video-2b", "ltx-video-2b", _LTXV, {}),
    ("ltx-video-13b", "ltx-video-13b", _LTXV, _LTX_13B),
    ("wan-t2v-1-3b", "wan-t2v-1-3b", _WAN, _WAN_1_3B),
    ("wan-t2v-14b", "wan-t2v-14b", _WAN, _WAN_14B),
    ("wan-i2v-14b", "wan-i2v-14b", _WAN, {**_WAN_17B, "model_type": "i2v"}),
    ("wan-flf2v-14b", "wan-flf2v-14b", _WAN,
     {**_WAN_17B, "model_type": "i2v", "flf_pos_embed_token_number": 514}),
    ("wan-fun-inp-14b", "wan-i2v-14b", _WAN, {**_WAN_17B, "model_type": "i2v"}),
    ("wan-fun-inp-1-3b", "wan-fun-inp-1-3b", _WAN,
     {**_WAN_1_3B, "in_dim": 36, "model_type": "i2v"}),
    ("wan-fun-control-14b", "wan-fun-control-14b", _WAN,
     {**_WAN_14B, "in_dim": 48, "model_type": "i2v"}),
    ("wan-fun-control-1-3b", "wan-fun-control-1-3b", _WAN,
     {**_WAN_1_3B, "in_dim": 48, "model_type": "i2v"}),
    ("wan-2-2-fun-control-a14b", "wan-2-2-fun-control-a14b", _WAN,
     {**_WAN_14B, "in_dim": 52, "in_dim_ref_conv": 16}),
    ("wan-fun-camera-14b", "wan-fun-camera-14b", _CAMERA,
     {**_WAN_14B, "in_dim": 32, "model_type": "camera"}),
    ("wan-fun-camera-1-3b", "wan-fun-camera-1-3b", _CAMERA,
     {**_WAN_1_3B, "in_dim": 32, "model_type": "camera"}),
    ("wan-2-2-fun-camera-a14b", "wan-2-2-fun-camera-a14b", _CAMERA,
     {**_WAN_14B, "in_dim": 36, "model_type": "camera_2.2"}),
    ("wan-2-2-i2v-a14b", "wan-2-2-i2v-a14b", _WAN, {**_WAN_14B, "in_dim": 36}),
    ("wan-2-2-ti2v-5b", "wan-2-2-ti2v-5b", _WAN, {**_WAN_5B, "in_dim": 48, "out_dim": 48}),
    ("wan-vace-1-3b", "wan-vace-1-3b", _VACE, {**_WAN_1_3B, "vace_layers": 15, "vace_in_dim": 96}),
    ("wan-vace-14b", "wan-vace-14b", _VACE, {**_WAN_14B, "vace_layers": 8, "vace_in_dim": 96}),
    ("wan-2-2-s2v-14b", "wan-2-2-s2v-14b", _S2V, _WAN_14B),
    ("wan-humo-17b", "wan-humo-17b", _HUMO, _WAN_17B),
    ("wan-2-2-animate-14b", "wan-2-2-animate-14b", _ANIMATE, _WAN_17B),
    ("hunyuan-video-comfyui", "hunyuan-video", _HY, _HUNYUAN),
    ("hunyuan-video", "hunyuan-video", _HY, _HUNYUAN),
    ("hunyuan-video-i2v", "hunyuan-video-i2v", _HY,
     {**_HUNYUAN, "in_channels": 33, "guidance_embed": False}),
    ("hunyuan-video-skyreels-i2v", "hunyuan-video-skyreels-i2v", _HY,
     {**_HUNYUAN, "in_channels": 32}),
    ("hunyuan-video-1-5-comfyui", "hunyuan-video-1-5", _HY, _HUNYUAN_1_5),
    ("hunyuan-video-1-5-sr-comfyui", "hunyuan-video-1-5-sr", _HY,
     {**_HUNYUAN_1_5, "in_channels": 98}),
    ("mochi-1", "mochi-1", _ASYMM, _MOCHI),
    ("sd-1-5", "sd-1-5", _SD, _SD15),
    ("sd-1-5-inpaint", "sd-1-5-inpaint", _SD, {**_SD15, "in_channels": 9}),
    ("sd-1-5-instruct-pix2pix", "sd-1-5-instruct-pix2pix", _SD, {**_SD15, "in_channels": 8}),
    ("sdxl-inpaint", "sdxl-inpaint", _SD, {**_SDXL, "in_channels": 9}),
    ("stranger-flux", "unknown", _FLUX, _FLUX_DEV),
    ("stranger-cosmos-predict2", "unknown", _COSMOS2, _COSMOS2_2B),
    ("sd-2", "sd-2", _SD, _SD2),
    ("sdxl", "sdxl", _SD, _SDXL),
    ("sdxl-refiner", "sdxl-refiner", _SD, _REFINER),
)  # fmt: skip
"""Fixture, id, class, configuration; those ComfyUI 0.3.6x derives in model_detection.py."""

_COMFYUI_NAMES = "-comfyui"
_HUNYUAN_RENAMES = (
    (".norm.query_norm.scale", "_q_norm.weight"), (".norm.key_norm.scale", "_k_norm.weight"),
    ("_attn.qkv.", "_attn_qkv."), ("_attn.proj.", "_attn_proj."),
    ("_mod.lin.", "_mod.linear."), ("modulation.lin.", "modulation.linear."),
    ("_mlp.0.", "_mlp.fc1."), ("_mlp.2.", "_mlp.fc2."), (".self_attn.qkv.", ".self_attn_qkv."),
    (".self_attn.proj.", ".self_attn_proj."), ("t_embedder.in_layer.", "t_embedder.mlp.0."),
    ("t_embedder.out_layer.", "t_embedder.mlp.2."),
    ("c_embedder.in_layer.", "c_embedder.linear_1."),
    ("c_embedder.out_layer.", "c_embedder.linear_2."), ("time_in.in_layer.", "time_in.mlp.0."),
    ("time_in.out_layer.", "time_in.mlp.2."), ("guidance_in.in_layer.", "guidance_in.mlp.0."),
    ("guidance_in.out_layer.", "guidance_in.mlp.2."),
)  # fmt: skip
"""ComfyUI's name and the publisher's (diffusers' convert_hunyuan_video_to_diffusers.py)."""


def fixtures(checkout: Path, only: str) -> Iterator[Fixture]:
    """Build every model whose name contains ``only`` from the classes in ``checkout``."""
    _make_importable(checkout)
    library = f"ComfyUI {_version(checkout)}"
    for name, expect, path, config in PUBLISHED:
        if only in name:
            tensors = _tensors(path, config, F16 if path == _SD else BF16)
            note = ""
            if path == _HY and not name.endswith(_COMFYUI_NAMES):
                tensors = {_published(key): entry for key, entry in tensors.items()}
                note = "names turned back into the publisher's"
            yield computed(
                name, expect, tensors, of=path.replace(":", "."), library=library, config=config,
                note=note,
            )  # fmt: skip


def _make_importable(checkout: Path) -> None:
    # ComfyUI reads sys.argv on import and asks for a GPU unless told otherwise.
    sys.argv = [sys.argv[0], "--cpu"]
    sys.path.insert(0, str(checkout))
    importlib.import_module("comfy.options").enable_args_parsing()


def _version(checkout: Path) -> str:
    text = (checkout / "pyproject.toml").read_text("utf-8")
    return next(line.split('"')[1] for line in text.splitlines() if line.startswith("version"))


def _tensors(path: str, config: Mapping[str, Any], dtype: str) -> dict[str, Entry]:
    import torch

    module, _, name = path.partition(":")
    build: Callable[..., Any] = getattr(importlib.import_module(module), name)
    operations = importlib.import_module("comfy.ops").manual_cast
    common = {"operations": operations, "dtype": torch.bfloat16, "device": "meta"}
    return entries(on_meta(lambda: build(**config, **common)), dtype)


def _published(name: str) -> str:
    if name.startswith("single_blocks."):
        name = name.replace(".norm.query_norm.scale", ".q_norm.weight").replace(
            ".norm.key_norm.scale", ".k_norm.weight"
        )
    if ".individual_token_refiner." in name:
        name = name.replace(".mlp.0.", ".mlp.fc1.").replace(".mlp.2.", ".mlp.fc2.")
    for ours, theirs in _HUNYUAN_RENAMES:
        name = name.replace(ours, theirs)
    return name
