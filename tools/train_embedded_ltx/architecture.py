"""The shape of the embedded model: every configuration value that the recipe fixes."""

from typing import Any, Final

LATENT_CHANNELS: Final = 48
ENCODER_CHANNELS: Final = (15, 120, 192, 192)
"""15 * 8 = 120, so that the first downsampler's residual is a lossless pixel unshuffle."""

VAE_CONFIG: Final[dict[str, Any]] = {
    "latent_channels": LATENT_CHANNELS,
    "block_out_channels": ENCODER_CHANNELS,
    "layers_per_block": (0, 0, 0, 0),
    "down_block_types": ("LTXVideo095DownBlock3D",) * 3,
    "downsample_type": ("spatiotemporal",) * 3,
    "spatio_temporal_scaling": (True, True, True),
    # diffusers reverses the decoder's lists: the last entry is the one nearest to the latents.
    "decoder_block_out_channels": (36, 36, 72),
    "decoder_layers_per_block": (0, 2, 2, 1),
    "decoder_spatio_temporal_scaling": (True, True, True),
    "decoder_inject_noise": (False,) * 4,
    "upsample_residual": (False,) * 3,
    "upsample_factor": (1, 1, 2),
    "patch_size": 4,
    "timestep_conditioning": False,
    "encoder_causal": True,
    "decoder_causal": False,
}

TEXT_CONFIG: Final[dict[str, Any]] = {
    "d_model": 64,
    "d_kv": 16,
    "d_ff": 128,
    "num_layers": 2,
    "num_heads": 4,
    "feed_forward_proj": "gated-gelu",
    "dropout_rate": 0.0,
}

TRANSFORMER_CONFIG: Final[dict[str, Any]] = {
    "in_channels": LATENT_CHANNELS,
    "out_channels": LATENT_CHANNELS,
    "num_attention_heads": 5,
    "attention_head_dim": 32,
    "cross_attention_dim": 160,
    "num_layers": 4,
    "caption_channels": 64,
}

SCHEDULER_CONFIG: Final[dict[str, Any]] = {
    "num_train_timesteps": 1000,
    "shift": 2.0,
    "use_dynamic_shifting": False,
}

FRAME_RATE: Final = 25
"""The frame rate that LTXPipeline assumes by default; it scales the rotary time axis."""
PROMPT_LENGTH: Final = 128
"""Tokens that LTXPipeline pads a prompt to by default."""
