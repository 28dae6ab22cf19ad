"""LTX-2: video and audio in one network, with connectors and a vocoder."""

from typing import Any

from probes.renders.tiny.lively import enliven, given
from probes.renders.tiny.model import Parts, TinyModel

_LATENT, _TEXT, _LAYERS, _TOKENS = 32, 64, 3, 16


def _parts() -> Parts:
    from diffusers import FlowMatchEulerDiscreteScheduler

    audio_vae = _audio_autoencoder()
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "vae": _autoencoder(),
        "audio_vae": audio_vae,
        "connectors": _connectors(),
        "transformer": _transformer(),
        "vocoder": _vocoder(audio_vae),
    }


def _transformer() -> Any:
    from diffusers import LTX2VideoTransformer3DModel

    made = LTX2VideoTransformer3DModel(
        in_channels=_LATENT,
        out_channels=_LATENT,
        num_attention_heads=2,
        attention_head_dim=32,
        cross_attention_dim=64,
        audio_in_channels=32,
        audio_out_channels=32,
        audio_num_attention_heads=2,
        audio_attention_head_dim=16,
        audio_cross_attention_dim=32,
        num_layers=2,
        caption_channels=_TEXT,
        rope_double_precision=False,
        rope_type="split",
    )
    return enliven(made, "ltx-2")


def _connectors() -> Any:
    from diffusers.pipelines.ltx2 import LTX2TextConnectors

    # Heads times head size is the width of the text.
    made = LTX2TextConnectors(
        caption_channels=_TEXT,
        text_proj_in_factor=_LAYERS,
        video_connector_num_attention_heads=2,
        video_connector_attention_head_dim=32,
        video_connector_num_layers=1,
        video_connector_num_learnable_registers=8,
        audio_connector_num_attention_heads=2,
        audio_connector_attention_head_dim=32,
        audio_connector_num_layers=1,
        audio_connector_num_learnable_registers=8,
        connector_rope_base_seq_len=32,
        rope_double_precision=False,
        rope_type="split",
    )
    return enliven(made, "ltx-2-connectors")


def _autoencoder() -> Any:
    from diffusers import AutoencoderKLLTX2Video

    # Without the two ratios the class derives them from its block count, as if all were spatial.
    vae = AutoencoderKLLTX2Video(
        latent_channels=_LATENT,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        decoder_causal=False,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    )
    return enliven(vae, "ltx-2-vae", {"decoder.conv_out": 0.8})


def _audio_autoencoder() -> Any:
    from diffusers import AutoencoderKLLTX2Audio

    vae = AutoencoderKLLTX2Audio(
        # Also the width of the statistics: latent channels times mel bins of a latent.
        base_channels=32,
        output_channels=2,
        ch_mult=(1,),
        num_res_blocks=1,
        attn_resolutions=None,
        in_channels=2,
        resolution=32,
        latent_channels=8,
        norm_type="pixel",
        causality_axis="height",
        dropout=0.0,
        mid_block_add_attention=False,
        sample_rate=16000,
        mel_hop_length=160,
        is_causal=True,
        mel_bins=16,
    )
    return enliven(vae, "ltx-2-audio-vae")


def _vocoder(audio_vae: Any) -> Any:
    from diffusers.pipelines.ltx2 import LTX2Vocoder

    made = LTX2Vocoder(
        in_channels=audio_vae.config.output_channels * audio_vae.config.mel_bins,
        hidden_channels=8,
        out_channels=2,
        upsample_kernel_sizes=[4, 4],
        upsample_factors=[2, 2],
        resnet_kernel_sizes=[3],
        resnet_dilations=[[1, 3, 5]],
        leaky_relu_negative_slope=0.1,
        output_sampling_rate=16000,
    )
    return enliven(made, "ltx-2-vocoder")


def _inputs() -> dict[str, Any]:
    import torch

    return {
        "prompt_embeds": given("ltx-2-text", 1, _TOKENS, _TEXT * _LAYERS),
        "prompt_attention_mask": torch.ones(1, _TOKENS),
        "latents": given("ltx-2-noise", 1, _LATENT, 3, 2, 3),
        # [batch, channels, length, mel bins]
        "audio_latents": given("ltx-2-audio-noise", 1, 8, 18, 4),
        "height": 64,
        "width": 96,
        "num_frames": 17,
        "num_inference_steps": 2,
        "guidance_scale": 1.0,
        "stg_scale": 0.0,
        "modality_scale": 1.0,
        "audio_guidance_scale": 1.0,
        "audio_stg_scale": 0.0,
        "audio_modality_scale": 1.0,
        "guidance_rescale": 0.0,
        "audio_guidance_rescale": 0.0,
    }


MODEL = TinyModel(family="ltx-2", pipeline="LTX2Pipeline", parts=_parts, inputs=_inputs)
