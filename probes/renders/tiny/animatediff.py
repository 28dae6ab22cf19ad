"""AnimateDiff: a Stable Diffusion network with a motion adapter whose table holds 32 frames."""

from typing import Any

from probes.renders.tiny.lively import enliven, given
from probes.renders.tiny.model import Parts, TinyModel

_WIDTHS, _TEXT = (32, 32), 64


def _parts() -> Parts:
    from diffusers import DDIMScheduler, MotionAdapter, UNet2DConditionModel

    unet = UNet2DConditionModel(
        block_out_channels=_WIDTHS,
        layers_per_block=1,
        sample_size=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=_TEXT,
        norm_num_groups=4,
        attention_head_dim=16,
    )
    adapter = MotionAdapter(
        block_out_channels=_WIDTHS,
        motion_layers_per_block=1,
        motion_norm_num_groups=4,
        motion_num_attention_heads=2,
        motion_max_seq_length=32,
    )
    return {
        # As published; a Stable Diffusion pipeline corrects another offset on its own.
        "scheduler": DDIMScheduler(beta_schedule="linear", clip_sample=False, steps_offset=1),
        "vae": _autoencoder(),
        "unet": enliven(unet, "animatediff-unet"),
        "motion_adapter": enliven(adapter, "animatediff-adapter"),
    }


def _autoencoder() -> Any:
    from diffusers import AutoencoderKL

    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        norm_num_groups=2,
        latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
    )
    return enliven(vae, "animatediff-vae", {"decoder.conv_out": 0.8})


def _inputs() -> dict[str, Any]:
    return {
        "prompt_embeds": given("animatediff-text", 1, 12, _TEXT),
        "latents": given("animatediff-noise", 1, 4, 8, 8, 8),
        "height": 64,
        "width": 64,
        "num_frames": 8,
        "num_inference_steps": 2,
        "guidance_scale": 1.0,
    }


MODEL = TinyModel(
    family="animatediff",
    pipeline="AnimateDiffPipeline",
    parts=_parts,
    inputs=_inputs,
    networks=("unet", "motion_adapter"),
    # The pipeline makes one network of the two.
    cores=("unet",),
    published="StableDiffusionPipeline",
    beside=("motion_adapter",),
)
