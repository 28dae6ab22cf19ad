"""Hands a pipeline known latents at the end of its last step and looks at what it decodes.

Whatever the denoiser learnt, the pipeline's own unpacking, scaling and decoding must give the very
frames that the VAE gives for the same latents. This holds for an untrained VAE as well.

Scaling rounds the latents, and a VAE may turn a rounding into another picture. So the VAE is asked
once more for the frames of the latents as the pipeline rounded them: what it makes of those is its
own doing.
"""

import math
from collections.abc import Callable
from typing import Any

from runners.engines.autoencoder import DecodeTap, decode, encode, frames_of
from runners.engines.clip import call_arguments, video_of
from runners.engines.evidence import DecodePathAnswer
from runners.engines.known_clip import known_clip, takes_video
from runners.engines.latent_scale import normalised, scaling_size
from runners.engines.messages import ClipRequest
from runners.engines.override import override
from runners.engines.statistics import on_cpu
from runners.engines.step_result import UnknownLayoutError, laid_out_like, sample_of, with_sample
from runners.engines.steps import StepWatch


def ask_decode_path(pipeline: Any, request: ClipRequest, *, device: str) -> DecodePathAnswer:
    """Compare the pipeline's frames with the VAE's own; a reason where this cannot be asked."""
    import torch

    vae, scheduler = getattr(pipeline, "vae", None), getattr(pipeline, "scheduler", None)
    if vae is None or scheduler is None or not hasattr(vae, "encode"):
        return DecodePathAnswer(reason="the pipeline's VAE cannot encode")
    if vae.config.get("timestep_conditioning", False):
        return DecodePathAnswer(reason="the decoder adds noise of its own")
    with torch.inference_mode():
        clip = known_clip(request.frames, request.height, request.width)
        given = clip if takes_video(vae) else clip[0].transpose(0, 1)
        latents = encode(vae, given.to(device=device, dtype=vae.dtype))
        expected = frames_of([decode(vae, latents)])
        try:
            got, tap = _decoded(pipeline, request, normalised(vae, latents))
        except UnknownLayoutError as error:
            return DecodePathAnswer(reason=str(error))
        if got.shape != expected.shape:
            shapes = ["x".join(str(n) for n in one.shape) for one in (got, expected)]
            return DecodePathAnswer(reason=f"the pipeline gave {shapes[0]}, the VAE {shapes[1]}")
        own = _own_frames(vae, tap.handed)
    return DecodePathAnswer(
        psnr=_psnr(got, expected),
        contrast=float(expected.std()),
        epsilon=float(torch.finfo(vae.dtype).eps),
        handed=_rounding_units(vae, latents, tap.all_latents()),
        handed_psnr=_psnr(got, own) if own is not None and own.shape == got.shape else None,
    )


def _decoded(pipeline: Any, request: ClipRequest, latents: Any) -> tuple[Any, DecodeTap]:
    """The frames of a render whose steps all end with ``latents``, and what the VAE was given."""

    def instead(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        return with_sample(result, laid_out_like(latents, result).to(sample_of(result)))

    undo = override(pipeline.scheduler, "step", instead)
    try:
        watch = StepWatch(request.steps, lambda _m: None, lambda _s: None)
        with DecodeTap(pipeline) as tap:
            output = pipeline(**call_arguments(pipeline, request, watch))
    finally:
        undo()
    return on_cpu(video_of(output)), tap


def _own_frames(vae: Any, handed: list[Any]) -> Any:
    """What the VAE makes of the latents that it was handed, in the same batches."""
    return frames_of([decode(vae, latents) for latents in handed])


def _rounding_units(vae: Any, latents: Any, handed: Any) -> float | None:
    """The largest distance between known and handed latents, in what one rounding may cost."""
    import torch

    if handed is None or handed.shape != latents.shape:
        return None
    apart = (on_cpu(handed) - on_cpu(latents)).abs()
    unit = float(torch.finfo(vae.dtype).eps) * scaling_size(vae, latents)
    # Below the dtype's smallest normal number its steps no longer shrink with the value.
    units = apart / unit.clamp(min=float(torch.finfo(vae.dtype).tiny))
    return float(units.max()) if bool(torch.isfinite(units).all()) else None


def _psnr(first: Any, second: Any) -> float:
    """dB for values in [0, 1]; 100 for equal ones, so that it stays a JSON number."""
    error = float((first - second).square().mean())
    return 100.0 if error < 1e-10 else -10 * math.log10(error) if math.isfinite(error) else 0.0
