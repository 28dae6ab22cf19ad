"""How each family's denoiser is called in training, as its pipeline calls it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tools.preflight_power.builds import families, text
from tools.preflight_power.builds.schedulers import scheduler
from tools.preflight_power.builds.shape import Shape
from tools.preflight_power.training import words

FRAME_RATE = 25
TEXT_WIDTH = 64
SHAPE = Shape(
    seed=0, heads=4, head_dim=32, layers=3, channels=16, vae_width=8, text_width=TEXT_WIDTH,
    shift=3.0, scheduler="",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One family's pipeline around a trained VAE, and how its denoiser is asked.

    ``normalise`` brings what the VAE encodes to unit spread; ``text`` gives the conditions of a
    batch of prompts; ``predict`` the prediction for noised latents; ``flow`` tells flow matching
    (noise - clean) from v-prediction. ``batch`` clips make a step.
    """

    make: Callable[[Any], Any]
    normalise: Callable[[Any, Any], Any]
    text: Callable[[Any, list[str]], Mapping[str, Any]]
    predict: Callable[[Any, Any, Any, Mapping[str, Any]], Any]
    flow: bool
    frames: int
    batch: int
    learns_text: bool = False


def load_vae(kind: str, folder: Path) -> Any:
    """The trained VAE of a family."""
    import diffusers

    return getattr(diffusers, kind).from_pretrained(folder, local_files_only=True).eval()


def _statistics(vae: Any, latents: Any) -> Any:
    import torch

    mean = torch.as_tensor(vae.config.latents_mean).view(1, -1, 1, 1, 1)
    spread = torch.as_tensor(vae.config.latents_std).view(1, -1, 1, 1, 1)
    return (latents - mean) / spread


def _buffers(vae: Any, latents: Any) -> Any:
    mean, spread = (v.view(1, -1, 1, 1, 1) for v in (vae.latents_mean, vae.latents_std))
    return (latents - mean) * vae.config.scaling_factor / spread


def _factor(vae: Any, latents: Any) -> Any:
    return latents * vae.config.scaling_factor


def _t5_text(pipeline: Any, prompts: list[str]) -> Mapping[str, Any]:
    import torch

    with torch.no_grad():
        length = 512 if "Wan" in type(pipeline).__name__ else 226
        embeds = pipeline._get_t5_prompt_embeds(prompts, max_sequence_length=length)
    return {"encoder_hidden_states": embeds}


def _ltx_text(pipeline: Any, prompts: list[str]) -> Mapping[str, Any]:
    import torch

    with torch.no_grad():
        embeds, mask = pipeline._get_t5_prompt_embeds(prompts, max_sequence_length=128)
    kept = int(mask.sum(1).max())
    return {
        "encoder_hidden_states": embeds[:, :kept], "encoder_attention_mask": mask[:, :kept],
    }  # fmt: skip


def _clip_text(pipeline: Any, prompts: list[str]) -> Mapping[str, Any]:
    ids = pipeline.tokenizer(
        prompts, padding="max_length", max_length=77, truncation=True, return_tensors="pt"
    ).input_ids
    return {"encoder_hidden_states": pipeline.text_encoder(ids)[0]}


def _hunyuan_text(pipeline: Any, prompts: list[str]) -> Mapping[str, Any]:
    import torch
    from diffusers.pipelines.hunyuan_video.pipeline_hunyuan_video import DEFAULT_PROMPT_TEMPLATE

    with torch.no_grad():
        embeds, mask = pipeline._get_llama_prompt_embeds(prompts, DEFAULT_PROMPT_TEMPLATE)
    kept = int(mask.sum(1).max())
    ids = pipeline.tokenizer_2(
        prompts, padding="max_length", max_length=77, truncation=True, return_tensors="pt"
    ).input_ids
    return {
        "encoder_hidden_states": embeds[:, :kept],
        "encoder_attention_mask": mask[:, :kept],
        "pooled_projections": pipeline.text_encoder_2(ids).pooler_output,
    }


def _ltx(pipeline: Any, x: Any, time: Any, conditions: Mapping[str, Any]) -> Any:
    _, _, frames, height, width = x.shape
    packed = pipeline._pack_latents(x)
    out = pipeline.transformer(
        hidden_states=packed, timestep=time, num_frames=frames, height=height, width=width,
        rope_interpolation_scale=(8 / FRAME_RATE, 32, 32), return_dict=False, **conditions,
    )[0]  # fmt: skip
    return pipeline._unpack_latents(out, frames, height, width)


def _wan(pipeline: Any, x: Any, time: Any, conditions: Mapping[str, Any]) -> Any:
    return pipeline.transformer(hidden_states=x, timestep=time, return_dict=False, **conditions)[0]


def _hunyuan(pipeline: Any, x: Any, time: Any, conditions: Mapping[str, Any]) -> Any:
    import torch

    guidance = 1000 * (1 + 6 * torch.rand(len(x)))
    return pipeline.transformer(
        hidden_states=x, timestep=time, guidance=guidance, return_dict=False, **conditions
    )[0]


def _animatediff(pipeline: Any, x: Any, time: Any, conditions: Mapping[str, Any]) -> Any:
    # The pipeline hands the UNet one copy of the text for every frame.
    text = conditions["encoder_hidden_states"].repeat_interleave(x.shape[2], dim=0)
    return pipeline.unet(x, time, encoder_hidden_states=text).sample


def _cogvideox(pipeline: Any, x: Any, time: Any, conditions: Mapping[str, Any]) -> Any:
    frames = x.permute(0, 2, 1, 3, 4)
    rotary = pipeline._prepare_rotary_positional_embeddings(
        8 * x.shape[3], 8 * x.shape[4], x.shape[2], x.device
    )
    out = pipeline.transformer(
        hidden_states=frames, timestep=time, image_rotary_emb=rotary, return_dict=False,
        **conditions,
    )[0]  # fmt: skip
    return out.permute(0, 2, 1, 3, 4)


def _shape(vae: Any, **changes: Any) -> Shape:
    channels = vae.config.get("latent_channels") or vae.config.z_dim
    return replace(SHAPE, channels=int(channels), **changes)


def _make_ltx(vae: Any) -> Any:
    parts = {"vae": vae, "text": words.trained_t5(), "scheduler": scheduler("flow-euler", 2.0)}
    return families.ltx(_shape(vae), parts)


def _make_wan(vae: Any) -> Any:
    parts = {"vae": vae, "text": words.trained_t5(), "scheduler": scheduler("unipc", 3.0)}
    return families.wan(_shape(vae), parts)


def _make_hunyuan(vae: Any) -> Any:
    parts = {
        "vae": vae, "text": text.llama(TEXT_WIDTH), "text_2": words.word_clip(TEXT_WIDTH),
        "scheduler": scheduler("flow-euler", 3.0),
    }  # fmt: skip
    return families.hunyuan_video(_shape(vae, heads=3, layers=2), parts)


def _make_animatediff(vae: Any) -> Any:
    parts = {
        "vae": vae, "text": words.word_clip(TEXT_WIDTH),
        "scheduler": scheduler("ddim", 1.0, "v_prediction"),
    }  # fmt: skip
    return families.animatediff(_shape(vae, heads=2), parts)


def _make_cogvideox(vae: Any) -> Any:
    parts = {"vae": vae, "text": words.trained_t5(), "scheduler": scheduler("cogvideox-ddim", 1.0)}
    return families.cogvideox(_shape(vae), parts)


RECIPES = {
    "ltx": Recipe(
        make=_make_ltx, normalise=_buffers, text=_ltx_text, predict=_ltx, flow=True,
        frames=25, batch=48,
    ),
    "wan": Recipe(
        make=_make_wan, normalise=_statistics, text=_t5_text, predict=_wan, flow=True,
        frames=17, batch=12,
    ),
    "hunyuan-video": Recipe(
        make=_make_hunyuan, normalise=_factor, text=_hunyuan_text, predict=_hunyuan, flow=True,
        frames=17, batch=16, learns_text=True,
    ),
    "animatediff": Recipe(
        make=_make_animatediff, normalise=_factor, text=_clip_text, predict=_animatediff,
        flow=False, frames=16, batch=4, learns_text=True,
    ),
    "cogvideox": Recipe(
        make=_make_cogvideox, normalise=_factor, text=_t5_text, predict=_cogvideox, flow=False,
        frames=17, batch=12,
    ),
}  # fmt: skip

VAE_CLASSES = {
    "ltx": "AutoencoderKLLTXVideo",
    "wan": "AutoencoderKLWan",
    "hunyuan-video": "AutoencoderKLHunyuanVideo",
    "animatediff": "AutoencoderKL",
    "cogvideox": "AutoencoderKLCogVideoX",
}
