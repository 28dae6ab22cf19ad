"""Wan's network and autoencoder, which Wan 2.1 and the experts of Wan 2.2 A14B share."""

from typing import Any

from probes.renders.tiny.lively import enliven, given
from probes.renders.tiny.model import Parts

_LATENT, _TEXT = 16, 4096


def transformer(seed: str) -> Any:
    """One expert: one head of 128, text of 4096 and times of 256, as ComfyUI takes for granted."""
    from diffusers import WanTransformer3DModel

    made = WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=1,
        attention_head_dim=128,
        in_channels=_LATENT,
        out_channels=_LATENT,
        text_dim=_TEXT,
        freq_dim=256,
        ffn_dim=256,
        num_layers=2,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
    )
    return enliven(made, seed)


def around() -> Parts:
    """Everything of a Wan pipeline but its experts."""
    from diffusers import AutoencoderKLWan, UniPCMultistepScheduler

    vae = AutoencoderKLWan(
        base_dim=8,
        z_dim=_LATENT,
        # As published: the original layout and ComfyUI know no other proportions.
        dim_mult=[1, 2, 4, 4],
        num_res_blocks=2,
        temperal_downsample=[False, True, True],
    )
    return {
        "vae": enliven(vae, "wan-vae", {"decoder.conv_out": 0.8}),
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        ),
    }


def inputs(steps: int = 3) -> dict[str, Any]:
    """9 frames of 32 x 48; of four steps (times 1000, 900, 750, 500) either expert has two."""
    return {
        "prompt_embeds": given("wan-text", 1, 12, _TEXT),
        "latents": given("wan-noise", 1, _LATENT, 3, 4, 6),
        "height": 32,
        "width": 48,
        "num_frames": 9,
        "num_inference_steps": steps,
        "guidance_scale": 1.0,
    }
