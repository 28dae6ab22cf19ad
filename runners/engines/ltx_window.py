"""Denoises one window of the LTX loop over latents, continuing from the windows before it.

The overlap is the previous windows' last latents, clean, at timestep 0, in the first places of the
window; only the new latents start from noise. diffusers' own long pipeline would render all windows
in one call, so that nothing could be judged in between.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compat.plan.geometry import FRAME_STEP, SPACE_MULTIPLE
from runners.engines.memory import peak_bytes, reset_peak
from runners.engines.messages import WindowAnswer, WindowRequest
from runners.engines.statistics import on_cpu, statistics_of

Progress = Callable[[dict[str, object]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Latent frames, rows and columns of one window."""

    frames: int
    rows: int
    columns: int

    @property
    def tokens(self) -> int:
        return self.frames * self.rows * self.columns


def denoise_window(
    pipeline: Any, request: WindowRequest, *, device: str, emit: Progress
) -> WindowAnswer:
    """Denoise the window, write its new latents to the output path, report their statistics.

    Latents on disk are float32 [1, C, T, H, W] in the transformer's normalised scale.
    """
    import torch
    from safetensors.torch import save_file

    reset_peak(device)
    started = time.perf_counter()
    with torch.inference_mode():
        latents = _denoise(pipeline, request, device, emit)
        new = latents[:, :, request.overlap :]
        if request.adain > 0 and request.anchor:
            new = match_statistics(new, load_latents((request.anchor,)).to(new), request.adain)
        new = on_cpu(new)
    save_file({"latents": new}, request.output_path)
    return WindowAnswer(
        new=statistics_of(new),
        seconds=time.perf_counter() - started,
        peak_memory_bytes=peak_bytes(device),
    )


def load_latents(paths: tuple[str, ...]) -> Any:
    """The latents of consecutive windows as one tensor [1, C, T, H, W] on the CPU."""
    import torch
    from safetensors.torch import load_file

    return torch.cat([load_file(path)["latents"] for path in paths], dim=2)


def match_statistics(latents: Any, anchor: Any, weight: float) -> Any:
    """Adaptive instance normalisation: pull per-channel mean and std towards ``anchor``'s."""
    dims = (2, 3, 4)
    mean, std = latents.mean(dim=dims, keepdim=True), latents.std(dim=dims, keepdim=True)
    target_mean, target_std = (
        anchor.mean(dim=dims, keepdim=True),
        anchor.std(dim=dims, keepdim=True),
    )
    matched = (latents - mean) / (std + 1e-6) * target_std + target_mean
    return (1 - weight) * latents + weight * matched


def _denoise(pipeline: Any, request: WindowRequest, device: str, emit: Progress) -> Any:
    import torch

    grid = _Grid(
        frames=request.latents,
        rows=request.height // SPACE_MULTIPLE,
        columns=request.width // SPACE_MULTIPLE,
    )
    noise = _noise(pipeline, request, grid).to(device)
    latents = pipeline._pack_latents(noise, 1, 1)
    kept = request.overlap * grid.rows * grid.columns
    if kept:
        tail = load_latents(request.previous)[:, :, -request.overlap :].to(device)
        latents[:, :kept] = pipeline._pack_latents(tail, 1, 1)
    embeds, mask = _prompt(pipeline, request, device)
    steps = list(_timesteps(pipeline, request, grid, device))
    for number, timestep in enumerate(steps):
        velocity = _velocity(pipeline, request, grid, latents, timestep, kept, embeds, mask)
        moved = pipeline.scheduler.step(
            velocity[:, kept:], timestep, latents[:, kept:], return_dict=False
        )[0]
        latents = torch.cat([latents[:, :kept], moved], dim=1)
        emit({"step": number + 1, "steps": len(steps)})
    return pipeline._unpack_latents(latents, grid.frames, grid.rows, grid.columns, 1, 1)


def _noise(pipeline: Any, request: WindowRequest, grid: _Grid) -> Any:
    import torch

    channels = pipeline.transformer.config.in_channels
    # A CPU generator: the same noise on every device and after every resume.
    generator = torch.Generator("cpu").manual_seed(request.seed)
    shape = (1, channels, grid.frames, grid.rows, grid.columns)
    return torch.randn(shape, generator=generator, dtype=torch.float32)


def _prompt(pipeline: Any, request: WindowRequest, device: str) -> tuple[Any, Any]:
    import torch

    guided = request.guidance > 1
    embeds, mask, negative, negative_mask = pipeline.encode_prompt(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        do_classifier_free_guidance=guided,
        device=device,
    )
    if guided:
        return torch.cat([negative, embeds]), torch.cat([negative_mask, mask])
    return embeds, mask


def _timesteps(pipeline: Any, request: WindowRequest, grid: _Grid, device: str) -> Iterator[Any]:
    import numpy as np
    from diffusers.pipelines.ltx.pipeline_ltx import calculate_shift, retrieve_timesteps

    config = pipeline.scheduler.config
    shift = calculate_shift(
        grid.tokens,
        config.get("base_image_seq_len", 256),
        config.get("max_image_seq_len", 4096),
        config.get("base_shift", 0.5),
        config.get("max_shift", 1.15),
    )
    # A trailing 0 is the scheduler's own; some published sigma lists carry it.
    given = [sigma for sigma in request.sigmas if sigma > 0]
    sigmas = np.array(given) if given else np.linspace(1.0, 1 / request.steps, request.steps)
    timesteps, _ = retrieve_timesteps(
        pipeline.scheduler, len(sigmas), device, None, sigmas=sigmas, mu=shift
    )
    yield from timesteps


def _velocity(
    pipeline: Any,
    request: WindowRequest,
    grid: _Grid,
    latents: Any,
    timestep: Any,
    kept: int,
    embeds: Any,
    mask: Any,
) -> Any:
    import torch

    guided = request.guidance > 1
    batch = torch.cat([latents] * 2) if guided else latents
    per_token = timestep.expand(batch.shape[0], grid.tokens).clone()
    per_token[:, :kept] = 0
    with pipeline.transformer.cache_context("cond_uncond"):
        prediction = pipeline.transformer(
            hidden_states=batch.to(embeds.dtype),
            encoder_hidden_states=embeds,
            timestep=per_token if kept else timestep.expand(batch.shape[0]),
            encoder_attention_mask=mask,
            num_frames=grid.frames,
            height=grid.rows,
            width=grid.columns,
            rope_interpolation_scale=(FRAME_STEP / request.fps, SPACE_MULTIPLE, SPACE_MULTIPLE),
            return_dict=False,
        )[0].float()
    if not guided:
        return prediction
    unconditional, conditional = prediction.chunk(2)
    return unconditional + request.guidance * (conditional - unconditional)
