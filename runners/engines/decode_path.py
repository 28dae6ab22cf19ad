"""Hands a pipeline known latents at the end of its last step and looks at what it decodes.

Whatever the denoiser learnt, the pipeline's own unpacking, scaling and decoding must give the very
frames that the VAE gives for the same latents. This holds for an untrained VAE as well.
"""

import math
from collections.abc import Callable
from typing import Any

from runners.engines.autoencoder import decode, encode
from runners.engines.clip import call_arguments, video_of
from runners.engines.evidence import DecodePathAnswer
from runners.engines.known_clip import known_clip, takes_video
from runners.engines.latent_layout import laid_out
from runners.engines.latent_scale import normalised
from runners.engines.messages import ClipRequest
from runners.engines.override import override
from runners.engines.statistics import on_cpu
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
        expected = on_cpu(decode(vae, latents))
        handed = _Handed(normalised(vae, latents))
        undo = override(scheduler, "step", handed.instead)
        try:
            watch = StepWatch(request.steps, lambda _m: None, lambda _s: None)
            output = pipeline(**call_arguments(pipeline, request, watch))
        finally:
            undo()
    if handed.reason:
        return DecodePathAnswer(reason=handed.reason)
    frames = expected[0].transpose(0, 1) if takes_video(vae) else expected
    epsilon = float(torch.finfo(vae.dtype).eps)
    return _compared(on_cpu(video_of(output)), frames.clamp(-1, 1) / 2 + 0.5, epsilon)


class _Handed:
    """Stands in for ``scheduler.step`` and gives the known latents in the pipeline's layout."""

    def __init__(self, latents: Any) -> None:
        self.latents = latents
        self.reason = ""

    def instead(self, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        previous = result[0] if isinstance(result, tuple) else result.prev_sample
        known = laid_out(self.latents, tuple(previous.shape))
        if known is None:
            shape = "x".join(str(n) for n in previous.shape)
            self.reason = f"latents of the layout {shape} are not known"
            return result
        known = known.to(device=previous.device, dtype=previous.dtype)
        if isinstance(result, tuple):
            return (known, *result[1:])
        result.prev_sample = known
        return result


def _compared(got: Any, expected: Any, epsilon: float) -> DecodePathAnswer:
    if got.shape != expected.shape:
        shapes = ["x".join(str(n) for n in one.shape) for one in (got, expected)]
        return DecodePathAnswer(reason=f"the pipeline gave {shapes[0]}, the VAE {shapes[1]}")
    error = float((got - expected).square().mean())
    apart = 100.0 if error < 1e-10 else -10 * math.log10(error) if math.isfinite(error) else 0.0
    return DecodePathAnswer(psnr=apart, contrast=float(expected.std()), epsilon=epsilon)
