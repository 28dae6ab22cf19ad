"""Denoisers and motion modules in diffusers' layout, in their published configurations."""

from collections.abc import Iterator, Mapping
from typing import Any

from tools.header_fixtures.build import F16, computed, entries, on_meta, version_of
from tools.header_fixtures.fixture import Fixture

_HEADS_13B = {"num_attention_heads": 32, "attention_head_dim": 128, "cross_attention_dim": 4096}
_WAN_1_3B = {"num_attention_heads": 12, "num_layers": 30, "ffn_dim": 8960}
_WAN_5B = {"num_attention_heads": 24, "num_layers": 30, "ffn_dim": 14336}
_IMAGE = {"in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120}
_LTX_2_3 = {
    "gated_attn": True, "audio_gated_attn": True, "cross_attn_mod": True,
    "audio_cross_attn_mod": True, "use_prompt_embeddings": False, "rope_type": "split",
    "perturbed_attn": True,
}  # fmt: skip
_LTX_2_5 = {
    **_LTX_2_3, "use_keyframes_abs_pos_embedding": True, "ff_bias": False,
    "audio_ff_bias": True,
}  # fmt: skip
_COG_5B = {"num_attention_heads": 48, "num_layers": 42, "use_rotary_positional_embeddings": True}
_COG_1_5 = {**_COG_5B, "patch_size_t": 2, "patch_bias": False, "sample_frames": 81}
_SDXL_LEVELS = {
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10), "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048, "use_linear_projection": True, "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
}  # fmt: skip
_REFINER = {
    "block_out_channels": (384, 768, 1536, 1536),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D",
                         "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": 4, "attention_head_dim": (6, 12, 24, 24),
    "cross_attention_dim": 1280, "use_linear_projection": True, "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2560,
}  # fmt: skip
_SD15 = {"cross_attention_dim": 768}
_SD2 = {"cross_attention_dim": 1024, "attention_head_dim": (5, 10, 20, 20),
        "use_linear_projection": True}  # fmt: skip
_ADAPTER_SDXL = {"block_out_channels": (320, 640, 1280), "use_motion_mid_block": False}

_SDXL_MOTION = {
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlockMotion", "CrossAttnDownBlockMotion", "CrossAttnDownBlockMotion"),
    "up_block_types": ("CrossAttnUpBlockMotion", "CrossAttnUpBlockMotion", "UpBlockMotion"),
    "transformer_layers_per_block": (1, 2, 10), "num_attention_heads": (5, 10, 20),
    "cross_attention_dim": 2048, "use_linear_projection": True, "use_motion_mid_block": False,
    "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}  # fmt: skip
_SKYREELS = {"attention_head_dim": 128, "inject_sample_info": True}
_SKYREELS_14B = {**_SKYREELS, "num_attention_heads": 40, "num_layers": 40, "ffn_dim": 13824}
_SKYREELS_1_3B = {**_SKYREELS, "num_attention_heads": 12, "num_layers": 30, "ffn_dim": 8960}

LTX, LTX2 = "LTXVideoTransformer3DModel", "LTX2VideoTransformer3DModel"
WAN, VACE, ANIMATE = (
    "WanTransformer3DModel",
    "WanVACETransformer3DModel",
    "WanAnimateTransformer3DModel",
)
HUNYUAN, HUNYUAN_1_5 = "HunyuanVideoTransformer3DModel", "HunyuanVideo15Transformer3DModel"
FRAMEPACK = "HunyuanVideoFramepackTransformer3DModel"
COG, MOCHI, UNET = "CogVideoXTransformer3DModel", "MochiTransformer3DModel", "UNet2DConditionModel"
ADAPTER, SKYREELS = "MotionAdapter", "SkyReelsV2Transformer3DModel"

STRANGERS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("FluxTransformer2DModel", {"guidance_embeds": True}),
    ("Flux2Transformer2DModel", {}),
    ("ChromaTransformer2DModel", {}),
    ("SD3Transformer2DModel", {"num_layers": 24, "num_attention_heads": 24}),
    ("QwenImageTransformer2DModel", {}),
    ("CosmosTransformer3DModel", {}),
    ("HiDreamImageTransformer2DModel",
     {"caption_channels": [4096, 4096], "axes_dims_rope": (64, 32, 32),
      "max_resolution": (128, 128), "llama_layers": list(range(32)), "text_emb_dim": 2048,
      "num_routed_experts": 4,
      "num_activated_experts": 2, "patch_size": 2}),
    ("PixArtTransformer2DModel", {"caption_channels": 4096}),
    ("AllegroTransformer3DModel", {}),
    ("LatteTransformer3DModel",
     {"num_layers": 28, "attention_head_dim": 72, "in_channels": 4, "caption_channels": 4096,
      "cross_attention_dim": 1152, "norm_type": "ada_norm_single", "sample_size": 64,
      "patch_size": 2}),
    ("ConsisIDTransformer3DModel", {**_COG_5B, "in_channels": 32, "is_train_face": True}),
    ("SanaVideoTransformer3DModel", {}),
    ("UNetSpatioTemporalConditionModel", {}),
    ("UNet3DConditionModel", {}),
    ("I2VGenXLUNet", {}),
    ("AuraFlowTransformer2DModel", {}),
    ("StableAudioDiTModel", {}),
)  # fmt: skip
"""Models of another trade, or of video families that have no signature: all must be unknown."""

PUBLISHED: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("ltx-video-2b", "ltx-video-2b", LTX, {}),
    ("ltx-video-13b", "ltx-video-13b", LTX, {**_HEADS_13B, "num_layers": 48}),
    ("ltx-2-19b", "ltx-2-19b", LTX2, {}),
    ("ltx-2-3-22b", "ltx-2-3-22b", LTX2, _LTX_2_3),
    ("ltx-2-5-22b", "ltx-2-5-22b", LTX2, _LTX_2_5),
    ("wan-t2v-1-3b", "wan-t2v-1-3b", WAN, _WAN_1_3B),
    ("wan-t2v-14b", "wan-t2v-14b", WAN, {}),
    ("wan-i2v-14b", "wan-i2v-14b", WAN, _IMAGE),
    ("wan-flf2v-14b", "wan-flf2v-14b", WAN, {**_IMAGE, "pos_embed_seq_len": 514}),
    ("wan-2-2-i2v-a14b", "wan-2-2-i2v-a14b", WAN, {"in_channels": 36}),
    ("wan-2-2-ti2v-5b", "wan-2-2-ti2v-5b", WAN,
     {**_WAN_5B, "in_channels": 48, "out_channels": 48}),
    ("wan-vace-1-3b", "wan-vace-1-3b", VACE,
     {**_WAN_1_3B, "vace_layers": list(range(0, 30, 2))}),
    ("wan-vace-14b", "wan-vace-14b", VACE, {}),
    ("wan-2-2-animate-14b", "wan-2-2-animate-14b", ANIMATE, {"added_kv_proj_dim": 5120}),
    ("hunyuan-video", "hunyuan-video", HUNYUAN, {}),
    ("hunyuan-video-i2v", "hunyuan-video-i2v", HUNYUAN,
     {"in_channels": 33, "guidance_embeds": False, "image_condition_type": "latent_concat"}),
    ("hunyuan-video-i2v-replace", "hunyuan-video", HUNYUAN,
     {"image_condition_type": "token_replace"}),
    ("skyreels-i2v", "hunyuan-video-skyreels-i2v", HUNYUAN, {"in_channels": 32}),
    ("hunyuan-video-1-5", "hunyuan-video-1-5", HUNYUAN_1_5, {"task_type": "t2v"}),
    ("framepack-hunyuan", "framepack-hunyuan", FRAMEPACK,
     {"has_image_proj": True, "has_clean_x_embedder": True}),
    ("cogvideox-2b", "cogvideox-2b", COG, {}),
    ("cogvideox-5b", "cogvideox-5b", COG, _COG_5B),
    ("cogvideox-5b-i2v", "cogvideox-5b-i2v", COG,
     {**_COG_5B, "in_channels": 32, "use_learned_positional_embeddings": True}),
    ("cogvideox-1-5-5b", "cogvideox-1-5-5b", COG, _COG_1_5),
    ("cogvideox-1-5-5b-i2v", "cogvideox-1-5-5b-i2v", COG,
     {**_COG_1_5, "in_channels": 32, "ofs_embed_dim": 512}),
    ("mochi-1", "mochi-1", MOCHI, {}),
    ("sd-1-5", "sd-1-5", UNET, _SD15),
    ("sd-1-5-inpaint", "sd-1-5-inpaint", UNET, {**_SD15, "in_channels": 9}),
    ("sd-2", "sd-2", UNET, _SD2),
    ("sdxl", "sdxl", UNET, _SDXL_LEVELS),
    ("sdxl-refiner", "sdxl-refiner", UNET, _REFINER),
    ("sd-1-5-instruct-pix2pix", "sd-1-5-instruct-pix2pix", UNET, {**_SD15, "in_channels": 8}),
    ("sdxl-inpaint", "sdxl-inpaint", UNET, {**_SDXL_LEVELS, "in_channels": 9}),
    ("animatediff-sd15", "animatediff-sd15", "UNetMotionModel", {"cross_attention_dim": 768}),
    ("animatediff-sdxl", "animatediff-sdxl", "UNetMotionModel", _SDXL_MOTION),
    ("wan-skyreels-v2-df-14b", "wan-skyreels-v2-df-14b", SKYREELS, _SKYREELS_14B),
    ("wan-skyreels-v2-df-1-3b", "wan-skyreels-v2-df-1-3b", SKYREELS, _SKYREELS_1_3B),
    ("hunyuan-video-1-5-sr", "hunyuan-video-1-5-sr", HUNYUAN_1_5, {"in_channels": 98}),
    ("animatediff-v1", "animatediff-v1", ADAPTER,
     {"motion_max_seq_length": 24, "use_motion_mid_block": False}),
    ("animatediff-v2", "animatediff-v2", ADAPTER, {}),
    ("animatediff-v3", "animatediff-v3", ADAPTER, {"use_motion_mid_block": False}),
    ("animatediff-sdxl-beta", "animatediff-sdxl-beta", ADAPTER, _ADAPTER_SDXL),
    ("animatelcm", "animatediff-v2", ADAPTER, {"motion_max_seq_length": 32}),
    ("pia", "pia", ADAPTER, {"conv_in_channels": 9}),
)  # fmt: skip
"""Fixture (its name gets "-diffusers"), id, class, and what differs from the class's defaults."""

_HALF = (UNET, ADAPTER, "UNetMotionModel")
"""Classes whose files are published in float16; all others are in bfloat16."""


def fixtures(only: str) -> Iterator[Fixture]:
    """Build every model whose name contains ``only``."""
    for name, expect, kind, config in PUBLISHED:
        if only in name:
            yield _fixture(f"{name}-diffusers", expect, kind, config)
    for kind, config in STRANGERS:
        name = f"stranger-{kind.lower()}"
        if only in name:
            yield _fixture(name, "unknown", kind, config)


def _fixture(name: str, expect: str, kind: str, config: Mapping[str, Any]) -> Fixture:
    import diffusers

    module = on_meta(lambda: getattr(diffusers, kind)(**config))
    tensors = entries(module, F16) if kind in _HALF else entries(module)
    return computed(
        name, expect, tensors, of=f"diffusers.{kind}", library=version_of("diffusers"),
        config=config,
    )  # fmt: skip
