"""The embedded LTX model as a real autoencoder and as a source of really generated clips."""

from functools import cache
from typing import Any

import numpy as np

from runners.embedded import embedded_model
from runners.embedded.prompts import every_scene
from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.codec import Codec
from tools.taxonomy.textures import Floats
from tools.train_embedded_ltx.world import random_clips, render, to_uint8

DRAWN = (128, 192)
FRAMES, SIDE, STEPS = 17, 64, 8
"""8n+1 frames of the size that the model was trained for; 8 steps obeyed as well as 20."""


@cache
def _pipeline() -> Any:
    import torch
    from diffusers import LTXPipeline

    torch.set_num_threads(1)
    pipeline = LTXPipeline.from_pretrained(embedded_model(), torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@cache
def _vae() -> Any:
    import torch
    from diffusers import AutoencoderKLLTXVideo

    torch.set_num_threads(1)
    vae = AutoencoderKLLTXVideo.from_pretrained(embedded_model() / "vae").float().eval()
    return vae.requires_grad_(requires_grad=False)


def generated(rng: Rng, frames: int = FRAMES, side: int = SIDE) -> Clip:
    """Render a prompt drawn at random: uint8 [T, H, W, 3]."""
    import torch

    scenes = every_scene()
    made = _pipeline()(
        prompt=scenes[int(rng.integers(len(scenes)))].prompt, width=side, height=side,
        num_frames=frames, num_inference_steps=STEPS, guidance_scale=3.0, output_type="np",
        generator=torch.Generator().manual_seed(int(rng.integers(1 << 30))),
    ).frames[0]  # fmt: skip
    return np.rint(made * 255).astype(np.uint8)


def drawn(rng: Rng, frames: int = FRAMES) -> Clip:
    """Draw a clip of the world that the model was trained on, large enough to spoil its latents."""
    clips = random_clips(rng, 1, DRAWN, anywhere=False)
    with np.errstate(over="ignore"):  # far from the object its edge is exp of a large number: 0
        return to_uint8(render(clips, frames, DRAWN)[0])


@cache
def embedded_codec() -> Codec:
    """Return the model's VAE: clips of 8n+1 frames to normalised latents [T, 48, h, w] and back."""
    vae = _vae()
    return Codec(
        name="embedded-ltx", encode=_encode, decode=_decode, network=vae,
        mean=vae.latents_mean.view(1, -1, 1, 1).numpy(),
        spread=vae.latents_std.view(1, -1, 1, 1).numpy(),
    )  # fmt: skip


def _encode(clip: Clip) -> Floats:
    import torch

    vae = _vae()
    kept = clip[: (len(clip) - 1) // 8 * 8 + 1]
    values = torch.from_numpy(np.array(kept)).permute(3, 0, 1, 2)[None].float()
    with torch.no_grad():
        latents = vae.encode(values / 127.5 - 1).latent_dist.mode()
    normal = (latents - _shaped(vae.latents_mean)) / _shaped(vae.latents_std)
    return normal[0].transpose(0, 1).numpy().copy()


def _decode(latents: Floats) -> Clip:
    import torch

    vae = _vae()
    values = torch.from_numpy(np.ascontiguousarray(latents)).float().transpose(0, 1)[None]
    with torch.no_grad():
        video = vae.decode(values * _shaped(vae.latents_std) + _shaped(vae.latents_mean)).sample
    shown = torch.nan_to_num((video[0] + 1) * 127.5).clamp(0, 255).round().byte()
    return shown.permute(1, 2, 3, 0).numpy().copy()


def _shaped(values: Any) -> Any:
    return values.view(1, -1, 1, 1, 1)
