"""VAEs, vocoders, connectors, upscalers and controls in diffusers' layout, as published."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from tools.header_fixtures.build import BF16, F16, computed, entries, on_meta, version_of
from tools.header_fixtures.fixture import Fixture

Config = Mapping[str, Any]

_THREE = (True, True, True)
_OLD_ENCODER = {
    "block_out_channels": (128, 256, 512, 512), "layers_per_block": (4, 3, 3, 3, 4),
    "spatio_temporal_scaling": (True, True, True, False),
}  # fmt: skip
_LTX_0_9_0 = {
    **_OLD_ENCODER, "decoder_block_out_channels": (128, 256, 512, 512),
    "decoder_layers_per_block": (4, 3, 3, 3, 4), "upsample_factor": (1, 1, 1, 1),
    "decoder_spatio_temporal_scaling": (True, True, True, False),
    "decoder_inject_noise": (False,) * 5, "upsample_residual": (False,) * 4,
}  # fmt: skip
_WIDE_DECODER = {
    "decoder_block_out_channels": (256, 512, 1024), "upsample_factor": (2, 2, 2),
    "decoder_spatio_temporal_scaling": _THREE, "upsample_residual": _THREE,
    "timestep_conditioning": True,
}  # fmt: skip
_LTX_0_9_1 = {
    **_OLD_ENCODER, **_WIDE_DECODER, "decoder_layers_per_block": (5, 6, 7, 8),
    "decoder_inject_noise": (True, True, True, False),
}  # fmt: skip
_SCALES = ("spatial", "temporal", "spatiotemporal", "spatiotemporal")
_LTX_0_9_5 = {
    **_WIDE_DECODER, "block_out_channels": (128, 256, 512, 1024, 2048),
    "down_block_types": ("LTXVideo095DownBlock3D",) * 4, "layers_per_block": (4, 6, 6, 2, 2),
    "decoder_layers_per_block": (5, 5, 5, 5), "spatio_temporal_scaling": (True,) * 4,
    "decoder_inject_noise": (False,) * 4, "downsample_type": _SCALES,
}  # fmt: skip
_LTX_2_3 = {
    "block_out_channels": (256, 512, 1024, 1024), "layers_per_block": (4, 6, 4, 2, 2),
    "decoder_block_out_channels": (256, 512, 512, 1024),
    "decoder_layers_per_block": (4, 6, 4, 2, 2), "decoder_inject_noise": (False,) * 5,
    "decoder_spatio_temporal_scaling": (True,) * 4, "upsample_residual": (False,) * 4,
    "upsample_type": ("spatiotemporal", "spatiotemporal", "temporal", "spatial"),
    "upsample_factor": (2, 2, 1, 2),
}  # fmt: skip
_CONNECTORS_2_3 = {
    "video_connector_num_attention_heads": 32, "video_connector_num_layers": 8,
    "video_gated_attn": True, "audio_connector_num_attention_heads": 32,
    "audio_connector_attention_head_dim": 64, "audio_connector_num_layers": 8,
    "audio_gated_attn": True, "per_modality_projections": True, "proj_bias": True,
}  # fmt: skip
_WAN_2_2 = {
    "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "is_residual": True,
    "in_channels": 12, "out_channels": 12, "patch_size": 2, "scale_factor_spatial": 16,
}  # fmt: skip
_KL = {
    "down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2,
}  # fmt: skip
_SIXTEEN = {**_KL, "latent_channels": 16, "use_quant_conv": False, "use_post_quant_conv": False}
_SDXL_CONTROL = {
    "cross_attention_dim": 2048, "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
    "block_out_channels": (320, 640, 1280), "attention_head_dim": (5, 10, 20),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "transformer_layers_per_block": (1, 2, 10), "use_linear_projection": True,
}  # fmt: skip
_UPSCALER = {"in_channels": 128, "mid_channels": 512, "num_blocks_per_stage": 4, "dims": 3}

_LTX, _LTX2, _WAN = "AutoencoderKLLTXVideo", "AutoencoderKLLTX2Video", "AutoencoderKLWan"
_BRIDGE, _UP = "LTX2TextConnectors", "LTXLatentUpsamplerModel"

WHERE = {
    _BRIDGE: "diffusers.pipelines.ltx2.connectors",
    "LTX2DurationHead": "diffusers.pipelines.ltx2.duration_head",
    "LTX2Vocoder": "diffusers.pipelines.ltx2.vocoder",
    "LTX2VocoderWithBWE": "diffusers.pipelines.ltx2.vocoder",
    "LTX2LatentUpsamplerModel": "diffusers.pipelines.ltx2.latent_upsampler",
    _UP: "diffusers.pipelines.ltx.modeling_latent_upsampler",
}
"""Modules of the classes that diffusers does not export."""

PUBLISHED: tuple[tuple[str, str, str, Config], ...] = (
    ("ltx-vae-0-9-0", "ltx-vae-0-9-0", _LTX, _LTX_0_9_0),
    ("ltx-vae-0-9-1", "ltx-vae-0-9-1", _LTX, _LTX_0_9_1),
    ("ltx-vae-0-9-5", "ltx-vae-0-9-5", _LTX, _LTX_0_9_5),
    ("ltx-2-vae", "ltx-2-vae", _LTX2, {}),
    ("ltx-2-3-vae", "ltx-2-3-vae", _LTX2, _LTX_2_3),
    ("ltx-2-audio-vae", "ltx-2-audio-vae", "AutoencoderKLLTX2Audio", {}),
    ("ltx-2-vocoder", "ltx-2-vocoder", "LTX2Vocoder", {}),
    ("ltx-2-3-vocoder", "ltx-2-3-vocoder", "LTX2VocoderWithBWE", {}),
    ("ltx-2-connectors", "ltx-2-connectors", _BRIDGE, {}),
    ("ltx-2-3-connectors", "ltx-2-3-connectors", _BRIDGE, _CONNECTORS_2_3),
    ("ltx-2-5-duration-head", "ltx-2-5-duration-head", "LTX2DurationHead", {}),
    ("ltx-upscaler-spatial", "ltx-upscaler-spatial", _UP, _UPSCALER),
    ("ltx-2-upscaler-spatial-x2", "ltx-2-upscaler-spatial-x2", "LTX2LatentUpsamplerModel", {}),
    ("wan-2-1-vae", "wan-2-1-vae", _WAN, {}),
    ("wan-2-2-vae", "wan-2-2-vae", _WAN, _WAN_2_2),
    ("qwen-image-vae", "wan-2-1-vae", "AutoencoderKLQwenImage", {}),
    ("hunyuan-video-vae", "hunyuan-video-vae", "AutoencoderKLHunyuanVideo", {}),
    ("hunyuan-video-1-5-vae", "hunyuan-video-1-5-vae", "AutoencoderKLHunyuanVideo15", {}),
    ("mochi-vae", "mochi-vae", "AutoencoderKLMochi", {}),
    ("cogvideox-vae", "cogvideox-vae", "AutoencoderKLCogVideoX", {}),
    ("sd-vae", "sd-vae", "AutoencoderKL", _KL),
    ("flux-vae", "flux-vae", "AutoencoderKL", _SIXTEEN),
    ("taesd", "taesd", "AutoencoderTiny", {}),
    ("controlnet-sd15", "controlnet-sd15", "ControlNetModel", {"cross_attention_dim": 768}),
    ("controlnet-sdxl", "controlnet-sdxl", "ControlNetModel", _SDXL_CONTROL),
    ("sparsectrl", "sparsectrl", "SparseControlNetModel", {"cross_attention_dim": 768}),
    ("sparsectrl-scribble", "sparsectrl", "SparseControlNetModel",
     {"cross_attention_dim": 768, "use_simplified_condition_embedding": False}),
)  # fmt: skip
"""Fixture (its name gets "-diffusers"), id, class, and what differs from the class's defaults."""

_HALF = ("AutoencoderKL", "AutoencoderTiny", "ControlNetModel", "SparseControlNetModel")
"""Classes whose files are published in float16."""


def fixtures(only: str) -> Iterator[Fixture]:
    """Build every component whose name contains ``only``."""
    for name, expect, kind, config in PUBLISHED:
        if only in name:
            yield _fixture(f"{name}-diffusers", expect, kind, config)


def _fixture(name: str, expect: str, kind: str, config: Config) -> Fixture:
    module = importlib.import_module(WHERE.get(kind, "diffusers"))
    built = on_meta(lambda: getattr(module, kind)(**config))
    return computed(
        name, expect, entries(built, F16 if kind in _HALF else BF16), of=f"diffusers.{kind}",
        library=version_of("diffusers"), config=config,
    )  # fmt: skip
