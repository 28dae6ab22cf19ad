"""Decodes a chunk of LTX latents to frames, with latents before it as context."""

import time
from typing import Any

from compat.plan.geometry import decoded_frames
from runners.engines.autoencoder import DECODE_TIMESTEP
from runners.engines.ltx_window import load_latents
from runners.engines.memory import peak_bytes, reset_peak
from runners.engines.messages import DecodeAnswer, DecodeRequest
from runners.engines.saving import ToFrames, save_frames
from runners.engines.statistics import statistics_of

DECODE_NOISE = 0.025
"""What Lightricks publishes for timestep-conditioned decoders, beside their timestep."""


def decode_chunk(
    pipeline: Any, request: DecodeRequest, *, device: str, convert: ToFrames
) -> DecodeAnswer:
    """Decode, drop the frames of the context, write the rest as ``.npy``, report statistics."""
    import torch

    reset_peak(device)
    started = time.perf_counter()
    with torch.inference_mode():
        latents = load_latents(request.paths)[:, :, -request.last :].to(device)
        video = _decode(pipeline, latents, request.seed)
        kept = video[0].permute(1, 0, 2, 3)[decoded_frames(request.context) :]
        kept = kept * 0.5 + 0.5
    frames = save_frames(kept, request.frames_path, convert)
    return DecodeAnswer(
        decoded=statistics_of(kept),
        frames=frames,
        seconds=time.perf_counter() - started,
        peak_memory_bytes=peak_bytes(device),
    )


def _decode(pipeline: Any, latents: Any, seed: int) -> Any:
    import torch

    vae = pipeline.vae
    latents = pipeline._denormalize_latents(
        latents, vae.latents_mean, vae.latents_std, vae.config.scaling_factor
    )
    timestep = None
    if vae.config.timestep_conditioning:
        generator = torch.Generator("cpu").manual_seed(seed)
        noise = torch.randn(latents.shape, generator=generator).to(latents)
        latents = (1 - DECODE_NOISE) * latents + DECODE_NOISE * noise
        timestep = torch.tensor([DECODE_TIMESTEP], device=latents.device, dtype=vae.dtype)
    return vae.decode(latents.to(vae.dtype), timestep, return_dict=False)[0]
