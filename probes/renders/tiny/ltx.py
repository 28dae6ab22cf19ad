"""LTX Video with its true compression of 32 and 8."""

from typing import Any

from probes.renders.tiny.lively import enliven, given
from probes.renders.tiny.model import Parts, TinyModel

# ComfyUI takes 128 channels for granted, as published.
_LATENT, _TEXT = 128, 64


def _parts() -> Parts:
    from diffusers import FlowMatchEulerDiscreteScheduler, LTXVideoTransformer3DModel

    transformer = LTXVideoTransformer3DModel(
        in_channels=_LATENT,
        out_channels=_LATENT,
        num_attention_heads=2,
        attention_head_dim=32,
        cross_attention_dim=64,
        num_layers=2,
        caption_channels=_TEXT,
    )
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "vae": _autoencoder(),
        "transformer": enliven(transformer, "ltx"),
    }


def _autoencoder() -> Any:
    from diffusers import AutoencoderKLLTXVideo

    vae = AutoencoderKLLTXVideo(
        latent_channels=_LATENT,
        # Doubled at each step down but the last, as published: ComfyUI knows no other way.
        block_out_channels=(8, 16, 32, 32),
        decoder_block_out_channels=(8, 16, 32, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, True, False),
        decoder_spatio_temporal_scaling=(True, True, True, False),
        decoder_inject_noise=(False, False, False, False, False),
        upsample_residual=(False, False, False, False),
        upsample_factor=(1, 1, 1, 1),
        timestep_conditioning=False,
        patch_size=4,
    )
    return enliven(vae, "ltx-vae", {"decoder.conv_out": 0.8})


def _inputs() -> dict[str, Any]:
    import torch

    return {
        "prompt_embeds": given("ltx-text", 1, 12, _TEXT),
        "prompt_attention_mask": torch.ones(1, 12),
        # Packed: [batch, frames x rows x columns of latents, channels].
        "latents": given("ltx-noise", 1, 3 * 2 * 3, _LATENT),
        "height": 64,
        "width": 96,
        "num_frames": 17,
        "num_inference_steps": 2,
        "guidance_scale": 1.0,
    }


MODEL = TinyModel(family="ltx", pipeline="LTXPipeline", parts=_parts, inputs=_inputs)
