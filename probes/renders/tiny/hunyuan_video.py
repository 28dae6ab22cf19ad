"""HunyuanVideo with its true compression of 8 and 4 and its rotary axes."""

from typing import Any

from probes.renders.tiny.lively import enliven, given
from probes.renders.tiny.model import Parts, TinyModel

# The pooled text's width is fixed in ComfyUI, which also takes heads of 128 for granted.
_LATENT, _TEXT, _POOLED = 16, 64, 768


def _parts() -> Parts:
    from diffusers import FlowMatchEulerDiscreteScheduler, HunyuanVideoTransformer3DModel

    transformer = HunyuanVideoTransformer3DModel(
        in_channels=_LATENT,
        out_channels=_LATENT,
        num_attention_heads=1,
        attention_head_dim=128,
        num_layers=1,
        num_single_layers=1,
        # As published; ComfyUI takes two for granted.
        num_refiner_layers=2,
        patch_size=2,
        patch_size_t=1,
        guidance_embeds=True,
        text_embed_dim=_TEXT,
        pooled_projection_dim=_POOLED,
        rope_axes_dim=(16, 56, 56),
    )
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
        "vae": _autoencoder(),
        "transformer": enliven(transformer, "hunyuan-video"),
    }


def _autoencoder() -> Any:
    from diffusers import AutoencoderKLHunyuanVideo

    vae = AutoencoderKLHunyuanVideo(
        latent_channels=_LATENT,
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
        down_block_types=("HunyuanVideoDownBlock3D",) * 4,
        up_block_types=("HunyuanVideoUpBlock3D",) * 4,
    )
    return enliven(vae, "hunyuan-video-vae", {"decoder.conv_out": 0.5})


def _inputs() -> dict[str, Any]:
    import torch

    return {
        "prompt_embeds": given("hunyuan-text", 1, 12, _TEXT),
        "pooled_prompt_embeds": given("hunyuan-pooled", 1, _POOLED),
        "prompt_attention_mask": torch.ones(1, 12, dtype=torch.bool),
        "latents": given("hunyuan-noise", 1, _LATENT, 3, 4, 6),
        "height": 32,
        "width": 48,
        "num_frames": 9,
        # The pipeline hands times and guidance (1000 times as much) over in the model's dtype, and
        # the usual 6.0 becomes 6016 in bfloat16. These, with the shift of 7, stay what they are:
        # times of 1000 and 500, a guidance of 4000.
        "sigmas": [1.0, 0.125],
        "num_inference_steps": 2,
        "guidance_scale": 4.0,
    }


MODEL = TinyModel(
    family="hunyuan-video",
    pipeline="HunyuanVideoPipeline",
    parts=_parts,
    inputs=_inputs,
    without=("text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2"),
)
