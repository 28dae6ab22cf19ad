"""Renders one clip with a pipeline's own call, whatever its family, and watches every step."""

import inspect
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from runners.engines.autoencoder import DecodeTap
from runners.engines.capture import DENOISERS, CallTap
from runners.engines.evidence import LatentStatistics
from runners.engines.hand_over import hand_over
from runners.engines.latent_scale import latent_statistics
from runners.engines.memory import peak_bytes, reset_peak
from runners.engines.messages import ClipAnswer, ClipRequest, RoundTrip
from runners.engines.saving import ToFrames, save_frames
from runners.engines.statistics import on_cpu, statistics_of
from runners.engines.step_trace import StepTracer
from runners.engines.steps import Progress, SchedulerTap, StepWatch
from runners.engines.text import save_texts, text_statistics

FEWEST_STEPS = {"MochiPipeline": 2}
"""Mochi's schedule divides by half the number of steps, so that one step is a division by zero
(diffusers 0.42.1, linear_quadratic_schedule)."""


def render_clip(
    pipeline: Any,
    request: ClipRequest,
    *,
    device: str,
    convert: ToFrames,
    emit: Progress,
    fault: Callable[[int], None] = lambda _step: None,
    calls: CallTap | None = None,
) -> ClipAnswer:
    """Render, write latents and frames, report statistics; raises what the pipeline raises.

    ``calls`` keeps what the parts were handed, for questions afterwards.
    """
    import torch

    reset_peak(device)
    watch = StepWatch(_steps(pipeline, request), emit, fault)
    arguments = call_arguments(pipeline, request, watch)
    started = time.perf_counter()
    tracer = StepTracer()
    steps = SchedulerTap(pipeline, tracer, None if "callback_on_step_end" in arguments else watch)
    with torch.inference_mode(), calls or nullcontext(), DecodeTap(pipeline) as tap, steps:
        output = pipeline(**arguments)
        finished = time.perf_counter()
        decoded = video_of(output) if request.frames_path else None
        answer_latents = _keep_latents(watch, output, request)
        round_trip = tap.round_trip() if decoded is not None and request.round_trip else None
        channels = _channels(pipeline, tap)
    if decoded is not None:
        save_frames(decoded, request.frames_path, convert)
    if calls is not None and request.text_path:
        save_texts(calls.calls, request.text_path)
    return ClipAnswer(
        latents=statistics_of(answer_latents),
        step_std=tuple(watch.spreads),
        step_seconds=watch.step_seconds,
        prepare_seconds=watch.times[min(1, len(watch.times) - 1)] - started,
        decode_seconds=finished - watch.times[-1] if decoded is not None else 0.0,
        seconds=finished - started,
        peak_memory_bytes=peak_bytes(device),
        decoded=None if decoded is None else statistics_of(decoded),
        round_trip=round_trip if isinstance(round_trip, RoundTrip) else None,
        trace=tuple(tracer.steps),
        prediction=tracer.kind,
        channels=channels,
        texts=tuple(text_statistics(calls.calls)) if calls is not None else (),
        denoiser_rows=_rows(calls, watch) if calls is not None else 0.0,
        denoiser_timesteps=_timesteps(calls, watch) if calls is not None else (),
        handed=hand_over(pipeline, tap, watch.latents, request.frames_path)
        if decoded is not None
        else None,
    )


def _channels(pipeline: Any, tap: DecodeTap) -> LatentStatistics | None:
    if tap.latents is None or tap.latents.ndim not in (4, 5) or not hasattr(tap.vae, "config"):
        return None
    if statistics_of(tap.latents).non_finite:  # named by other findings; shares would mean nothing
        return None
    return latent_statistics(pipeline.vae, tap.latents)


def _rows(calls: CallTap, watch: StepWatch) -> float:
    rows = sum(count for name, count in calls.batches.items() if name in DENOISERS)
    return rows / max(1, len(watch.spreads))


def _timesteps(calls: CallTap, watch: StepWatch) -> tuple[float, ...]:
    """One timestep per step; empty where the calls are not the same number for every step."""
    steps = len(watch.spreads)
    if not steps or not calls.timesteps or len(calls.timesteps) % steps:
        return ()
    return tuple(calls.timesteps[:: len(calls.timesteps) // steps])


def call_arguments(pipeline: Any, request: ClipRequest, watch: StepWatch) -> dict[str, Any]:
    """The arguments of this pipeline's call; what it does not take is left out."""
    import torch

    wanted: dict[str, Any] = {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "width": request.width,
        "height": request.height,
        "num_frames": request.frames,
        "num_inference_steps": watch.steps,
        "guidance_scale": request.guidance,
        # A CPU generator gives the same noise on every device, so results can be compared.
        "generator": torch.Generator("cpu").manual_seed(request.seed),
        "frame_rate": request.fps,
        "output_type": "pt" if request.frames_path else "latent",
        "callback_on_step_end": watch,
        "callback_on_step_end_tensor_inputs": ["latents"],
    }
    if request.sigmas:
        wanted["sigmas"] = list(request.sigmas)
        wanted["timesteps"] = [1000.0 * sigma for sigma in request.sigmas]
    taken = inspect.signature(pipeline.__call__).parameters
    if "sigmas" in taken:
        wanted.pop("timesteps", None)
    if "image" in taken:
        wanted["image"] = _neutral_image(request)
    if not _guidance_is_embedded(pipeline):
        wanted["true_cfg_scale"] = request.guidance
    return {name: value for name, value in wanted.items() if name in taken}


def _steps(pipeline: Any, request: ClipRequest) -> int:
    return max(request.steps, FEWEST_STEPS.get(type(pipeline).__name__, 1))


def _guidance_is_embedded(pipeline: Any) -> bool:
    # HunyuanVideo hands guidance_scale to the transformer as an input; where its transformer does
    # not take it, only true_cfg_scale guides (diffusers 0.42.1, HunyuanVideoPipeline.__call__).
    config = getattr(getattr(pipeline, "transformer", None), "config", None)
    return bool(getattr(config, "guidance_embeds", True))


def _neutral_image(request: ClipRequest) -> Any:
    from PIL import Image

    return Image.linear_gradient("L").resize((request.width, request.height)).convert("RGB")


def video_of(output: Any) -> Any:
    """[T, 3, H, W] in [0, 1] of the first video, whichever way the pipeline hands it out."""
    import numpy as np
    import torch

    frames = output.frames if hasattr(output, "frames") else output[0]
    video = frames[0]
    if isinstance(video, list | tuple):
        if isinstance(video[0], torch.Tensor):
            return torch.stack(list(video))
        video = np.stack([np.asarray(frame) for frame in video])
    if isinstance(video, np.ndarray):
        values = torch.from_numpy(video).permute(0, 3, 1, 2)
        return values / 255 if video.dtype == np.uint8 else values
    return video


def _keep_latents(watch: StepWatch, output: Any, request: ClipRequest) -> Any:
    from safetensors.torch import save_file

    latents = watch.latents
    if latents is None:  # neither callback nor scheduler: its output is all there is
        latents = output.frames if not request.frames_path else video_of(output)
    save_file({"latents": on_cpu(latents)}, request.latents_path)
    return latents
