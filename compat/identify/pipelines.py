"""Which family each diffusers class belongs to, and which size of model a config describes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PIPELINES: Mapping[str, str] = {
    "LTXPipeline": "ltx",
    "LTXImageToVideoPipeline": "ltx",
    "LTXConditionPipeline": "ltx",
    "LTXI2VLongMultiPromptPipeline": "ltx",
    "LTX2Pipeline": "ltx2",
    "LTX2ImageToVideoPipeline": "ltx2",
    "LTX2ConditionPipeline": "ltx2",
    "WanPipeline": "wan",
    "WanImageToVideoPipeline": "wan",
    "WanVideoToVideoPipeline": "wan",
    "WanVACEPipeline": "wan",
    "HunyuanVideoPipeline": "hunyuan-video",
    "HunyuanVideoImageToVideoPipeline": "hunyuan-video",
    "HunyuanSkyreelsImageToVideoPipeline": "hunyuan-video",
    "HunyuanVideo15Pipeline": "hunyuan-video",
    "HunyuanVideo15ImageToVideoPipeline": "hunyuan-video",
    "AnimateDiffPipeline": "animatediff",
    "AnimateDiffSDXLPipeline": "animatediff",
    "AnimateDiffVideoToVideoPipeline": "animatediff",
    "CogVideoXPipeline": "cogvideox",
    "CogVideoXImageToVideoPipeline": "cogvideox",
    "CogVideoXVideoToVideoPipeline": "cogvideox",
    "MochiPipeline": "mochi",
}
"""Pipeline classes of diffusers 0.42 that render video of the families known here."""

TRANSFORMERS: Mapping[str, str] = {
    "LTXVideoTransformer3DModel": "ltx",
    "LTX2VideoTransformer3DModel": "ltx2",
    "WanTransformer3DModel": "wan",
    "WanVACETransformer3DModel": "wan",
    "HunyuanVideoTransformer3DModel": "hunyuan-video",
    "HunyuanVideo15Transformer3DModel": "hunyuan-video",
    "CogVideoXTransformer3DModel": "cogvideox",
    "MochiTransformer3DModel": "mochi",
    "UNetMotionModel": "animatediff",
    "MotionAdapter": "animatediff",
}
"""The denoiser classes of the same families."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSize:
    """A published size of model: ``dims`` are config values, ``width`` heads times head size."""

    id: str
    variant: str
    kind: str
    dims: Mapping[str, object]


def _size(identifier: str, variant: str, kind: str, **dims: object) -> KnownSize:
    return KnownSize(id=identifier, variant=variant, kind=kind, dims=dims)


_LTX, _LTX2 = "LTXVideoTransformer3DModel", "LTX2VideoTransformer3DModel"
_WAN, _VACE = "WanTransformer3DModel", "WanVACETransformer3DModel"
_HUNYUAN, _HUNYUAN15 = "HunyuanVideoTransformer3DModel", "HunyuanVideo15Transformer3DModel"
_COG, _MOCHI, _MOTION = "CogVideoXTransformer3DModel", "MochiTransformer3DModel", "UNetMotionModel"

KNOWN_SIZES = (
    _size("ltx-video-2b", "2B", _LTX, width=2048, num_layers=28, in_channels=128),
    _size("ltx-video-13b", "13B", _LTX, width=4096, num_layers=48, in_channels=128),
    _size("ltx-2-5-22b", "2.5 22B", _LTX2, width=4096, num_layers=48,
          use_keyframes_abs_pos_embedding=True),
    _size("ltx-2-3-22b", "2.3 22B", _LTX2, width=4096, num_layers=48, cross_attn_mod=True),
    _size("ltx-2-19b", "2.0 19B", _LTX2, width=4096, num_layers=48, caption_channels=3840,
          cross_attn_mod=False),
    _size("wan-t2v-1-3b", "2.1 T2V 1.3B", _WAN, width=1536, num_layers=30, in_channels=16),
    _size("wan-t2v-14b", "2.1 T2V 14B", _WAN, width=5120, num_layers=40, in_channels=16),
    _size("wan-2-2-i2v-a14b", "2.2 I2V A14B", _WAN, width=5120, num_layers=40, in_channels=36,
          image_dim=None),
    _size("wan-i2v-14b", "2.1 I2V 14B", _WAN, width=5120, num_layers=40, in_channels=36,
          image_dim=1280),
    _size("wan-2-2-ti2v-5b", "2.2 TI2V 5B", _WAN, width=3072, num_layers=30, in_channels=48),
    _size("wan-vace-1-3b", "2.1 VACE 1.3B", _VACE, width=1536, num_layers=30),
    _size("wan-vace-14b", "2.1 VACE 14B", _VACE, width=5120, num_layers=40),
    _size("hunyuan-video", "13B", _HUNYUAN, width=3072, num_layers=20, num_single_layers=40),
    _size("hunyuan-video-1-5", "1.5 8B", _HUNYUAN15, width=2048, num_layers=54, in_channels=65),
    _size("cogvideox-2b", "2B", _COG, width=1920, num_layers=30),
    _size("cogvideox-5b", "5B", _COG, width=3072, num_layers=42, patch_size_t=None),
    _size("cogvideox-1-5-5b", "1.5 5B", _COG, width=3072, num_layers=42, patch_size_t=2),
    _size("mochi-1", "10B", _MOCHI, width=3072, num_layers=48, in_channels=12),
    _size("animatediff-sd15", "on SD 1.5", _MOTION, block_out_channels=[320, 640, 1280, 1280],
          cross_attention_dim=768),
    _size("animatediff-sdxl", "on SDXL", _MOTION, block_out_channels=[320, 640, 1280],
          cross_attention_dim=2048),
)  # fmt: skip
"""Published sizes by their config.json; the first that fits wins."""


def size_of(kind: str, config: Mapping[str, Any]) -> KnownSize | None:
    """The published size that a denoiser's config describes; None for a size nobody published."""
    values = dict(config)
    heads, per_head = config.get("num_attention_heads"), config.get("attention_head_dim")
    if type(heads) is int and type(per_head) is int:
        values["width"] = heads * per_head
    absent = object()
    for known in KNOWN_SIZES:
        if known.kind == kind and all(
            values.get(key, absent) == value for key, value in known.dims.items()
        ):
            return known
    return None
