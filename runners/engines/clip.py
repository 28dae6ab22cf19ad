"""Renders one clip with a pipeline's own call, whatever its family, and watches every step."""

import inspect
import itertools
import time
from collections.abc import Callable
from typing import Any

from runners.engines.autoencoder import DecodeTap
from runners.engines.memory import peak_bytes, reset_peak
from runners.engines.messages import ClipAnswer, ClipRequest, RoundTrip
from runners.engines.saving import ToFrames, save_frames
from runners.engines.statistics import on_cpu, statistics_of

Progress = Callable[[dict[str, object]], None]


class StepWatch:
    """Collects the latents' spread and the time of every denoising step."""

    def __init__(self, steps: int, emit: Progress, fault: Callable[[int], None]) -> None:
        """Report each step through ``emit``; ``fault`` may break one on purpose (demo)."""
        self.steps = steps
        self.emit = emit
        self.fault = fault
        self.spreads: list[float] = []
        self.times: list[float] = [time.perf_counter()]
        self.latents: Any = None

    def __call__(self, _pipe: Any, step: int, _timestep: Any, kwargs: Any) -> dict[str, Any]:
        """Be the pipeline's ``callback_on_step_end``."""
        self.fault(step)
        self.latents = kwargs["latents"]
        self.spreads.append(statistics_of(self.latents).std)
        self.times.append(time.perf_counter())
        self.emit({"step": step + 1, "steps": self.steps})
        return {}

    @property
    def step_seconds(self) -> tuple[float, ...]:
        """Seconds of each step; the first includes encoding the prompt, so it is left out."""
        moments = self.times[1:]
        return tuple(b - a for a, b in itertools.pairwise(moments))


def render_clip(
    pipeline: Any,
    request: ClipRequest,
    *,
    device: str,
    convert: ToFrames,
    emit: Progress,
    fault: Callable[[int], None] = lambda _step: None,
) -> ClipAnswer:
    """Render, write latents and frames, report statistics; raises what the pipeline raises."""
    import torch

    reset_peak(device)
    watch = StepWatch(request.steps, emit, fault)
    started = time.perf_counter()
    with torch.inference_mode(), DecodeTap(pipeline) as tap:
        output = pipeline(**call_arguments(pipeline, request, watch))
        finished = time.perf_counter()
        decoded = _video_of(output) if request.frames_path else None
        answer_latents = _keep_latents(watch, output, request)
        round_trip = tap.round_trip() if decoded is not None and request.round_trip else None
    if decoded is not None:
        save_frames(decoded, request.frames_path, convert)
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
    )


def call_arguments(pipeline: Any, request: ClipRequest, watch: StepWatch) -> dict[str, Any]:
    """The arguments of this pipeline's call; what it does not take is left out."""
    import torch

    wanted: dict[str, Any] = {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "width": request.width,
        "height": request.height,
        "num_frames": request.frames,
        "num_inference_steps": request.steps,
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
    if "image" in taken and taken["image"].default is None:
        wanted["image"] = _neutral_image(request)
    return {name: value for name, value in wanted.items() if name in taken}


def _neutral_image(request: ClipRequest) -> Any:
    from PIL import Image

    return Image.linear_gradient("L").resize((request.width, request.height)).convert("RGB")


def _video_of(output: Any) -> Any:
    """[T, 3, H, W] of the first video, from any pipeline's output."""
    frames = output.frames if hasattr(output, "frames") else output[0]
    return frames[0]


def _keep_latents(watch: StepWatch, output: Any, request: ClipRequest) -> Any:
    from safetensors.torch import save_file

    latents = watch.latents
    if latents is None:  # a pipeline without step callback: its latent output is all there is
        latents = output.frames if not request.frames_path else _video_of(output)
    save_file({"latents": on_cpu(latents)}, request.latents_path)
    return latents
