"""Mochi with its true compression of 8 and 6 and its 12 channels."""

from typing import Any

from probes.renders.tiny.lively import enliven, given
from probes.renders.tiny.model import Parts, TinyModel

_LATENT, _TEXT, _TOKENS = 12, 64, 16


def _parts() -> Parts:
    from diffusers import FlowMatchEulerDiscreteScheduler, MochiTransformer3DModel

    transformer = MochiTransformer3DModel(
        # ComfyUI rounds the width of an MLP up to 256; with these it is 512 and 256 by itself.
        num_attention_heads=3,
        attention_head_dim=64,
        num_layers=2,
        pooled_projection_dim=96,
        in_channels=_LATENT,
        text_embed_dim=_TEXT,
        # As published; ComfyUI takes it for granted.
        time_embed_dim=256,
        max_sequence_length=_TOKENS,
    )
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(invert_sigmas=True),
        "vae": _autoencoder(),
        "transformer": enliven(transformer, "mochi"),
    }


def _autoencoder() -> Any:
    from diffusers import AutoencoderKLMochi

    vae = AutoencoderKLMochi(
        latent_channels=_LATENT,
        encoder_block_out_channels=(32, 32, 32, 32),
        decoder_block_out_channels=(32, 32, 32, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        add_attention_block=(False, False, False, False, False),
    )
    return enliven(vae, "mochi-vae", {"decoder.proj_out": 0.3})


def _inputs() -> dict[str, Any]:
    import torch

    return {
        "prompt_embeds": given("mochi-text", 1, _TOKENS, _TEXT),
        "prompt_attention_mask": torch.ones(1, _TOKENS, dtype=torch.bool),
        "latents": given("mochi-noise", 1, _LATENT, 2, 4, 4),
        "height": 32,
        "width": 32,
        "num_frames": 7,
        "num_inference_steps": 2,
        "guidance_scale": 1.0,
    }


MODEL = TinyModel(family="mochi", pipeline="MochiPipeline", parts=_parts, inputs=_inputs)
