"""Makes a model's config small and leaves everything that steers its branches as it is."""

from collections.abc import Callable, Mapping
from typing import Any

Config = Mapping[str, Any]
Change = Callable[[Any, Config], Any]

HEADS, HEAD = 2, 16
"""Heads and their width: CogVideoX splits it in quarters and eighths that must be even, Wan in
thirds (rotary positions of diffusers 0.42.1)."""

SHUFFLED = 8
"""The least channels left: decoders turn eight channels into one, twice the size on three axes."""

WIDTH = 48
"""Width of text features; motion modules and connectors divide it by heads."""

DIVISOR = 16
"""By what channels are divided at most, so that their ratios, which decoders build on, stay."""


def shrunk(kind: str, config: Config) -> dict[str, Any]:
    """A config of the class ``kind`` with few layers, heads and channels.

    Latent channels, patch sizes, scalings, class names of blocks and every switch (norms, rotary
    precision, gates, guidance) stay: they decide which operations run.
    """
    changes = {**_EVERYWHERE, **_BY_CLASS.get(kind, {})}
    return {
        key: changes[key](value, config) if key in changes and value is not None else value
        for key, value in config.items()
    }


def _always(number: int) -> Change:
    return lambda _value, _config: number


def _at_most(number: int) -> Change:
    def change(value: Any, _config: Config) -> Any:
        if isinstance(value, list | tuple):
            return type(value)(change(item, _config) for item in value)
        return min(value, number)

    return change


def _divided(value: Any, _config: Config) -> Any:
    by = max(1, min(DIVISOR, min(value) // SHUFFLED))
    return type(value)(width // by for width in value)


def _rotary(_value: Any, _config: Config) -> tuple[int, int, int]:
    return (4, 6, 6)


def _first_only(value: Any, _config: Config) -> Any:
    return value[:1]


def _mochi(value: Any, _config: Config) -> Any:
    # MochiChunkedGroupNorm3D has 32 groups, whatever the config says (diffusers 0.42.1).
    return type(value)(32 for _ in value)


_EVERYWHERE: dict[str, Change] = {
    "num_layers": _at_most(2), "num_single_layers": _at_most(1), "num_refiner_layers": _at_most(1),
    "num_attention_heads": _at_most(HEADS), "attention_head_dim": _always(HEAD),
    "cross_attention_dim": _always(HEADS * HEAD), "caption_channels": _always(WIDTH),
    "text_dim": _always(WIDTH), "text_embed_dim": _always(WIDTH),
    "text_embed_2_dim": _always(WIDTH), "image_embed_dim": _always(WIDTH),
    "freq_dim": _always(32), "ffn_dim": _always(32),
    "pooled_projection_dim": _always(WIDTH), "time_embed_dim": _always(8),
    "ofs_embed_dim": _always(8), "rope_axes_dim": _rotary, "image_dim": _always(WIDTH),
    "added_kv_proj_dim": _always(HEADS * HEAD), "vace_layers": _first_only,
    "audio_num_attention_heads": _at_most(HEADS), "audio_attention_head_dim": _always(HEAD),
    "audio_cross_attention_dim": _always(HEADS * HEAD),
    "block_out_channels": _divided, "decoder_block_out_channels": _divided,
    "encoder_block_out_channels": _divided, "norm_num_groups": _always(2),
    "motion_norm_num_groups": _always(2), "motion_num_attention_heads": _always(2),
    "layers_per_block": _at_most(1), "decoder_layers_per_block": _at_most(1),
    "transformer_layers_per_block": _at_most(1), "motion_layers_per_block": _at_most(1),
    "base_dim": _always(4), "decoder_base_dim": _always(4), "num_res_blocks": _at_most(1),
}  # fmt: skip

_UNET: dict[str, Change] = {
    # A UNet's "attention_head_dim" is the number of heads, and its width that of the text.
    "attention_head_dim": _at_most(2), "num_attention_heads": _at_most(2),
    "cross_attention_dim": _always(WIDTH),
    "reverse_temporal_transformer_layers_per_block": _at_most(1),
    "temporal_transformer_layers_per_block": _at_most(1),
}  # fmt: skip

_CONNECTORS: dict[str, Change] = {
    "text_proj_in_factor": _at_most(3), "video_connector_num_attention_heads": _always(4),
    "video_connector_attention_head_dim": _always(WIDTH // 4),
    "audio_connector_num_attention_heads": _always(4),
    "audio_connector_attention_head_dim": _always(WIDTH // 4),
    "video_connector_num_layers": _at_most(1), "audio_connector_num_layers": _at_most(1),
    "video_hidden_dim": _always(WIDTH), "audio_hidden_dim": _always(WIDTH),
}  # fmt: skip

_COGVIDEOX: dict[str, Change] = {
    # Learned positions are there for one size alone: that of the tiny clip in call.py.
    "sample_width": _always(8), "sample_height": _always(8), "sample_frames": _always(9),
}  # fmt: skip

_BY_CLASS: dict[str, dict[str, Change]] = {
    "UNet2DConditionModel": _UNET,
    "UNetMotionModel": _UNET,
    "CogVideoXTransformer3DModel": _COGVIDEOX,
    "LTX2TextConnectors": _CONNECTORS,
    "LTX2Vocoder": {"hidden_channels": _at_most(64)},
    "AutoencoderKLMochi": {
        "encoder_block_out_channels": _mochi, "decoder_block_out_channels": _mochi,
    },
}  # fmt: skip
