"""CogVideoX in the form of the 5B, whose rotary positions allow any size."""

from typing import Any

from probes.renders.tiny.lively import enliven, given
from probes.renders.tiny.model import Parts, TinyModel

_LATENT, _TEXT, _TOKENS = 16, 64, 12


def _parts() -> Parts:
    from diffusers import CogVideoXDDIMScheduler, CogVideoXTransformer3DModel

    transformer = CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=64,
        in_channels=_LATENT,
        out_channels=_LATENT,
        time_embed_dim=64,
        text_embed_dim=_TEXT,
        num_layers=2,
        sample_width=6,
        sample_height=4,
        sample_frames=9,
        max_text_seq_length=_TOKENS,
        use_rotary_positional_embeddings=True,
    )
    return {
        "scheduler": CogVideoXDDIMScheduler(
            prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True
        ),
        "vae": _autoencoder(),
        "transformer": enliven(transformer, "cogvideox"),
    }


def _autoencoder() -> Any:
    from diffusers import AutoencoderKLCogVideoX

    vae = AutoencoderKLCogVideoX(
        block_out_channels=(8, 8, 8, 8),
        latent_channels=_LATENT,
        layers_per_block=1,
        norm_num_groups=2,
        down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4,
        sample_height=32,
        sample_width=48,
    )
    return enliven(vae, "cogvideox-vae", {"decoder.conv_out": 0.4})


def _inputs() -> dict[str, Any]:
    return {
        "prompt_embeds": given("cogvideox-text", 1, _TOKENS, _TEXT),
        "latents": given("cogvideox-noise", 1, 3, _LATENT, 4, 6),
        "height": 32,
        "width": 48,
        "num_frames": 9,
        "num_inference_steps": 2,
        "guidance_scale": 1.0,
    }


MODEL = TinyModel(family="cogvideox", pipeline="CogVideoXPipeline", parts=_parts, inputs=_inputs)
