"""Class and configuration of published models, for files that come without a config.json.

Each entry gives what differs from the class's own defaults. Sources: config.json of the
publishers' diffusers and transformers repositories, the scripts ``convert_*_to_diffusers.py`` of
diffusers 0.42.1. tests/probes/test_dry_load.py holds them against the published sizes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One configuration: ``ids`` are framegate's ids of files it fits, ``kind`` the class.

    ``inside`` are prefixes under which a bundle holds this part.
    """

    ids: tuple[str, ...]
    kind: str
    config: Mapping[str, Any]
    library: str = "diffusers"
    inside: tuple[str, ...] = ("model.diffusion_model.", "diffusion_model.")


_LTX, _LTX2 = "LTXVideoTransformer3DModel", "LTX2VideoTransformer3DModel"
_WAN, _VACE = "WanTransformer3DModel", "WanVACETransformer3DModel"
_HUNYUAN = "HunyuanVideoTransformer3DModel"
_COG, _UNET, _ADAPTER = "CogVideoXTransformer3DModel", "UNet2DConditionModel", "MotionAdapter"

_WAN_1_3B: Mapping[str, Any] = {"num_attention_heads": 12, "num_layers": 30, "ffn_dim": 8960}
_WAN_5B: Mapping[str, Any] = {"num_attention_heads": 24, "num_layers": 30, "ffn_dim": 14336,
           "in_channels": 48, "out_channels": 48}  # fmt: skip
_WAN_IMAGE = {"in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120}
_LTX_2_3: Mapping[str, Any] = {
    "gated_attn": True, "audio_gated_attn": True, "cross_attn_mod": True,
    "audio_cross_attn_mod": True, "use_prompt_embeddings": False, "rope_type": "split",
    "perturbed_attn": True,
}  # fmt: skip
_LTX_2_5: Mapping[str, Any] = {
    **_LTX_2_3, "use_keyframes_abs_pos_embedding": True, "ff_bias": False, "audio_ff_bias": True,
}  # fmt: skip
_COG_5B: Mapping[str, Any] = {
    "num_attention_heads": 48,
    "num_layers": 42,
    "use_rotary_positional_embeddings": True,
}
_COG_1_5 = {
    **_COG_5B, "patch_size_t": 2, "patch_bias": False, "sample_frames": 81,
    # Without these the positions of a picture this large are not there.
    "sample_height": 300, "sample_width": 300,
}  # fmt: skip
_SD15 = {"cross_attention_dim": 768}
_SDXL: Mapping[str, Any] = {
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10), "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048, "use_linear_projection": True, "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
}  # fmt: skip
_SD2: Mapping[str, Any] = {
    "cross_attention_dim": 1024, "attention_head_dim": (5, 10, 20, 20),
    "use_linear_projection": True,
}  # fmt: skip
_REFINER: Mapping[str, Any] = {
    "block_out_channels": (384, 768, 1536, 1536),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D",
                         "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": 4, "attention_head_dim": (6, 12, 24, 24),
    "cross_attention_dim": 1280, "use_linear_projection": True, "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2560,
}  # fmt: skip
_LTX_VAE = "AutoencoderKLLTXVideo"
_LTX_VAE_DECODER: Mapping[str, Any] = {
    "decoder_block_out_channels": (256, 512, 1024),
    "decoder_spatio_temporal_scaling": (True, True, True),
    "upsample_residual": (True, True, True), "upsample_factor": (2, 2, 2),
    "timestep_conditioning": True,
}  # fmt: skip
_LTX_VAE_0_9_1: Mapping[str, Any] = {
    **_LTX_VAE_DECODER, "decoder_layers_per_block": (5, 6, 7, 8),
    "decoder_inject_noise": (True, True, True, False),
}  # fmt: skip
_LTX_VAE_0_9_5: Mapping[str, Any] = {
    **_LTX_VAE_DECODER, "decoder_layers_per_block": (5, 5, 5, 5),
    "decoder_inject_noise": (False, False, False, False),
    "block_out_channels": (128, 256, 512, 1024, 2048), "layers_per_block": (4, 6, 6, 2, 2),
    "down_block_types": ("LTXVideo095DownBlock3D",) * 4,
    "spatio_temporal_scaling": (True, True, True, True),
    "downsample_type": ("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
}  # fmt: skip
_WAN_2_2_VAE: Mapping[str, Any] = {
    "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "is_residual": True, "in_channels": 12,
    "out_channels": 12, "patch_size": 2, "scale_factor_spatial": 16, "latents_mean": [0.0] * 48,
    "latents_std": [1.0] * 48,
}  # fmt: skip
_SD_VAE: Mapping[str, Any] = {
    "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2,
    "down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4,
}  # fmt: skip
_T5_XXL = {
    "model_type": "t5", "d_model": 4096, "d_ff": 10240, "d_kv": 64, "num_heads": 64,
    "num_layers": 24, "vocab_size": 32128, "feed_forward_proj": "gated-gelu",
}  # fmt: skip
_UMT5_XXL = {**_T5_XXL, "model_type": "umt5", "vocab_size": 256384}
_CLIP_L: Mapping[str, Any] = {
    "model_type": "clip_text_model", "hidden_size": 768, "intermediate_size": 3072,
    "num_hidden_layers": 12, "num_attention_heads": 12, "projection_dim": 768,
}  # fmt: skip
_GEMMA_3_12B_TEXT: Mapping[str, Any] = {
    "model_type": "gemma3_text", "hidden_size": 3840, "num_hidden_layers": 48, "head_dim": 256,
    "num_attention_heads": 16, "num_key_value_heads": 8, "intermediate_size": 15360,
    "vocab_size": 262208,
}  # fmt: skip
_GEMMA_3_12B: Mapping[str, Any] = {
    "model_type": "gemma3", "text_config": _GEMMA_3_12B_TEXT,
    "vision_config": {
        "model_type": "siglip_vision_model", "hidden_size": 1152, "intermediate_size": 4304,
        "num_hidden_layers": 27, "num_attention_heads": 16, "image_size": 896, "patch_size": 14,
        "vision_use_head": False,
    },
}  # fmt: skip
_LLAMA_3_8B: Mapping[str, Any] = {
    "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
    "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    "vocab_size": 128256,
}  # fmt: skip


def _of(*ids: str, kind: str, **config: Any) -> Published:
    return Published(ids=ids, kind=kind, config=config)


def _vae(*ids: str, kind: str, **config: Any) -> Published:
    inside = ("vae.", "first_stage_model.", "audio_vae.")
    return Published(ids=ids, kind=kind, config=config, inside=inside)


def _encoder(*ids: str, kind: str, config: Mapping[str, Any]) -> Published:
    return Published(ids=ids, kind=kind, config=config, library="transformers", inside=())


PUBLISHED: tuple[Published, ...] = (
    _of("ltx-video-2b", kind=_LTX),
    _of("ltx-video-13b", kind=_LTX, attention_head_dim=128,
        cross_attention_dim=4096, num_layers=48),
    _of("ltx-2-19b", kind=_LTX2),
    _of("ltx-2-3-22b", kind=_LTX2, **_LTX_2_3),
    _of("ltx-2-5-22b", kind=_LTX2, **_LTX_2_5),
    _of("ltx-2-5-22b", kind=_LTX2, **{**_LTX_2_5, "use_keyframes_abs_pos_embedding": False}),
    _of("wan-t2v-1-3b", kind=_WAN, **_WAN_1_3B),
    _of("wan-t2v-14b", "wan-2-2-t2v-a14b", kind=_WAN),
    _of("wan-i2v-14b", kind=_WAN, **_WAN_IMAGE),
    _of("wan-flf2v-14b", "wan-i2v-14b", kind=_WAN, **_WAN_IMAGE, pos_embed_seq_len=514),
    _of("wan-fun-inp-1-3b", kind=_WAN, **{**_WAN_1_3B, **_WAN_IMAGE, "added_kv_proj_dim": 1536}),
    _of("wan-fun-control-1-3b", kind=_WAN,
        **{**_WAN_1_3B, **_WAN_IMAGE, "added_kv_proj_dim": 1536, "in_channels": 48}),
    _of("wan-fun-control-14b", kind=_WAN, **{**_WAN_IMAGE, "in_channels": 48}),
    _of("wan-2-2-animate-14b", kind="WanAnimateTransformer3DModel", added_kv_proj_dim=5120),
    _of("wan-2-2-i2v-a14b", kind=_WAN, in_channels=36),
    _of("wan-2-2-ti2v-5b", kind=_WAN, **_WAN_5B),
    _of("wan-vace-1-3b", kind=_VACE, **_WAN_1_3B, vace_layers=list(range(0, 30, 2))),
    _of("wan-vace-14b", kind=_VACE, vace_layers=list(range(0, 40, 5))),
    _of("hunyuan-video", kind=_HUNYUAN),
    _of("hunyuan-video-i2v", "hunyuan-video", kind=_HUNYUAN, in_channels=33,
        guidance_embeds=False, image_condition_type="latent_concat"),
    _of("hunyuan-video-i2v", "hunyuan-video", kind=_HUNYUAN,
        image_condition_type="token_replace"),
    _of("hunyuan-video-skyreels-i2v", "hunyuan-video", kind=_HUNYUAN, in_channels=32),
    _of("hunyuan-video-1-5", kind="HunyuanVideo15Transformer3DModel", task_type="t2v"),
    _of("framepack-hunyuan", kind="HunyuanVideoFramepackTransformer3DModel",
        has_image_proj=True, has_clean_x_embedder=True),
    _of("cogvideox-2b", kind=_COG),
    _of("cogvideox-5b", kind=_COG, **_COG_5B),
    _of("cogvideox-5b-i2v", "cogvideox-5b", kind=_COG, **_COG_5B, in_channels=32,
        use_learned_positional_embeddings=True),
    _of("cogvideox-1-5-5b", kind=_COG, **_COG_1_5),
    _of("cogvideox-1-5-5b-i2v", "cogvideox-1-5-5b", kind=_COG, **_COG_1_5, in_channels=32,
        ofs_embed_dim=512),
    _of("mochi-1", kind="MochiTransformer3DModel"),
    _of("sd-1-5", kind=_UNET, **_SD15),
    _of("sd-1-5-inpaint", "sd-1-5", kind=_UNET, **_SD15, in_channels=9),
    _of("sd-2", kind=_UNET, **_SD2),
    _of("sdxl", kind=_UNET, **_SDXL),
    _of("sdxl-refiner", kind=_UNET, **_REFINER),
    _of("animatediff-v1", kind=_ADAPTER, motion_max_seq_length=24, use_motion_mid_block=False),
    _of("animatediff-v2", "animatediff-motion-adapter", kind=_ADAPTER),
    _of("pia", kind=_ADAPTER, conv_in_channels=9),
    _of("animatediff-v3", "animatediff-motion-adapter", kind=_ADAPTER,
        use_motion_mid_block=False),
    _of("animatediff-sdxl-beta", "animatediff-motion-adapter", kind=_ADAPTER,
        block_out_channels=(320, 640, 1280), use_motion_mid_block=False),
    _vae("ltx-vae-0-9-0", kind=_LTX_VAE),
    _vae("ltx-vae-0-9-1", kind=_LTX_VAE, **_LTX_VAE_0_9_1),
    _vae("ltx-vae-0-9-5", kind=_LTX_VAE, **_LTX_VAE_0_9_5),
    _vae("ltx-2-vae", kind="AutoencoderKLLTX2Video"),
    _vae("ltx-2-audio-vae", kind="AutoencoderKLLTX2Audio"),
    _vae("wan-2-1-vae", kind="AutoencoderKLWan"),
    _vae("wan-2-2-vae", kind="AutoencoderKLWan", **_WAN_2_2_VAE),
    _vae("hunyuan-video-vae", kind="AutoencoderKLHunyuanVideo"),
    _vae("mochi-vae", kind="AutoencoderKLMochi"),
    _vae("sd-vae", kind="AutoencoderKL", **_SD_VAE),
    _encoder("t5-xxl", kind="T5EncoderModel", config=_T5_XXL),
    _encoder("umt5-xxl", kind="UMT5EncoderModel", config=_UMT5_XXL),
    _encoder("clip-l", kind="CLIPTextModel", config=_CLIP_L),
    # Long-CLIP, which ComfyUI takes in the place of CLIP-L.
    _encoder("clip-l", kind="CLIPTextModel", config={**_CLIP_L, "max_position_embeddings": 248}),
    _encoder("gemma-3-12b", kind="Gemma3ForConditionalGeneration", config=_GEMMA_3_12B),
    _encoder("gemma-3-12b", kind="Gemma3ForCausalLM", config=_GEMMA_3_12B_TEXT),
    _encoder("llama-3-8b", kind="LlamaModel", config=_LLAMA_3_8B),
    _encoder("llava-llama-3-8b", kind="LlamaModel", config={**_LLAMA_3_8B, "vocab_size": 128320}),
    _encoder("llama-3-8b", "llava-llama-3-8b", kind="LlamaForCausalLM", config=_LLAMA_3_8B),
    _encoder("llava-llama-3-8b", kind="LlamaForCausalLM",
             config={**_LLAMA_3_8B, "vocab_size": 128320}),
)  # fmt: skip
"""Every configuration known here; an id may have several, of which the best fitting one counts."""


def published(ids: tuple[str, ...], library: str) -> Iterator[Published]:
    """The configurations of the first of ``ids`` that has any in ``library``."""
    for identifier in ids:
        found = [p for p in PUBLISHED if identifier in p.ids and p.library == library]
        if found:
            yield from found
            return
