"""Noises the clip that a pipeline has just drawn and asks its denoiser for it back.

That is what denoisers are trained to do, on a clip that is this model's own: one that has learnt it
does better than the best guess that knows each channel's mean and spread alone (Wiener's). Weights
that were exchanged, lost or spoilt may still draw something picture-like; they cannot do this.
"""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from runners.engines.autoencoder import encode
from runners.engines.clip import call_arguments
from runners.engines.evidence import OwnPictureAnswer
from runners.engines.known_clip import takes_video
from runners.engines.latent_scale import normalised
from runners.engines.messages import ClipRequest
from runners.engines.override import override
from runners.engines.schedule import Level, Schedule
from runners.engines.statistics import on_cpu
from runners.engines.step_result import UnknownLayoutError, laid_out_like, sample_of, with_sample
from runners.engines.steps import StepWatch

SHARES = (0.75, 0.6, 0.45)
"""Asked at the steps whose noise has about these shares of noise + picture: above them nothing is
left to see, below them nothing is left to guess."""

PLAIN = 0.05
"""Latents that vary less than this, in units of the training latents, are one colour: there the
best guess is right already."""

NOISE_SEED = 7
"""Any fixed number will do; the noise of the clip itself came from the plan's seed."""


class _EnoughError(Exception):
    """Ends a render as soon as all answers are there."""


def ask_own_picture(
    pipeline: Any, request: ClipRequest, frames: Any, *, device: str
) -> OwnPictureAnswer:
    """Ask for ``frames`` (uint8 [T, H, W, 3], what ``request`` gave) back; a reason where not.

    One render of the same plan without guidance that stops after the last level.
    """
    import torch

    vae, scheduler = getattr(pipeline, "vae", None), getattr(pipeline, "scheduler", None)
    if vae is None or scheduler is None or not hasattr(vae, "encode"):
        return OwnPictureAnswer(reason="the pipeline's VAE cannot encode")
    plain = replace(request, guidance=_unguided(pipeline, request), frames_path="")
    watch = StepWatch(request.steps, lambda _m: None, lambda _s: None)
    arguments = call_arguments(pipeline, plain, watch)
    if "image" in arguments:
        # Asked for what follows a picture of its own world a sound model answers as well as ever,
        # but no plan names such a picture, and after a neutral one sound models fail.
        return OwnPictureAnswer(reason="the pipeline starts from a picture")
    with torch.inference_mode():
        video = torch.from_numpy(frames).permute(3, 0, 1, 2).unsqueeze(0) / 127.5 - 1
        given = video if takes_video(vae) else video[0].transpose(0, 1)
        latents = normalised(vae, encode(vae, given.to(device=device, dtype=vae.dtype)))
        if float(latents.std()) < PLAIN:
            return OwnPictureAnswer(reason="the clip is all one colour")
        asked = _Asked(scheduler, latents)
        undo = override(scheduler, "step", asked.around)
        try:
            pipeline(**arguments)
        except _EnoughError:
            pass
        except UnknownLayoutError as error:
            return OwnPictureAnswer(reason=str(error))
        finally:
            undo()
    return OwnPictureAnswer(
        shares=tuple(asked.shares), ratios=tuple(asked.ratios), reason=asked.reason
    )


def _unguided(pipeline: Any, request: ClipRequest) -> float:
    # Guidance overshoots on purpose. Where the denoiser takes it as an input, 1 is unknown to it.
    config = getattr(getattr(pipeline, "transformer", None), "config", None)
    return request.guidance if getattr(config, "guidance_embeds", False) else 1.0


class _Asked:
    """Stands in for ``scheduler.step``: hands over noised latents and looks at the answers."""

    def __init__(self, scheduler: Any, latents: Any) -> None:
        self._scheduler = scheduler
        self._signature = inspect.signature(scheduler.step)
        self._latents = latents
        self._step = 0
        self._schedule: Schedule | None = None
        self._wanted: tuple[int, ...] = ()
        self._handed: tuple[Any, Any] | None = None
        self.shares: list[float] = []
        self.ratios: list[float] = []
        self.reason = ""

    def around(self, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        schedule = self._prepared()
        level = schedule.level(self._step)
        if self._handed is not None and level is not None:
            given = self._signature.bind(*args, **kwargs).arguments
            self._look(schedule, given["model_output"], level)
        result = original(*args, **kwargs)
        self._step += 1
        following = schedule.level(self._step)
        if self._step in self._wanted and following is not None:
            return self._replaced(result, following)
        return result

    def _prepared(self) -> Schedule:
        if self._schedule is None:
            self._schedule = Schedule(self._scheduler)
            levels = [self._schedule.level(n) for n in range(len(self._schedule.timesteps))]
            self._wanted = wanted_steps(levels)
            if not self._wanted:
                self.reason = "no step of this schedule is known to hold a middling share of noise"
                raise _EnoughError
        return self._schedule

    def _look(self, schedule: Schedule, output: Any, level: Level) -> None:
        assert self._handed is not None  # noqa: S101 - narrows the type, around() has asked
        known, noisy = self._handed
        self._handed = None
        split = schedule.split(noisy, on_cpu(output), level)
        if split is None:
            self.reason = "what this scheduler's model predicts is not known"
            raise _EnoughError
        best = wiener(noisy, known, level)
        self.ratios.append(_error(split[0], known) / max(_error(best, known), 1e-12))
        self.shares.append(level.noise / (level.noise + level.signal))
        if self._step == self._wanted[-1]:
            raise _EnoughError

    def _replaced(self, result: Any, level: Level) -> Any:
        import torch

        known = laid_out_like(self._latents, result)
        generator = torch.Generator().manual_seed(NOISE_SEED + self._step)
        noise = torch.randn(known.shape, generator=generator)
        mixed = (level.signal * known + level.noise * noise).to(sample_of(result))
        # Compared is what the denoiser really got, rounded to its dtype.
        self._handed = (known, on_cpu(mixed))
        return with_sample(result, mixed)


def wanted_steps(levels: Sequence[Level | None]) -> tuple[int, ...]:
    """The steps, in order, that come nearest to each of :data:`SHARES`; never the first one."""
    shares = {
        number: level.noise / (level.noise + level.signal)
        for number, level in enumerate(levels)
        if number and level is not None and level.noise + level.signal > 0
    }
    if not shares:
        return ()
    nearest = {min(shares, key=partial(_apart, shares, share)) for share in SHARES}
    return tuple(sorted(nearest))


def _apart(shares: Mapping[int, float], wanted: float, number: int) -> float:
    return abs(shares[number] - wanted)


def wiener(noisy: Any, known: Any, level: Level) -> Any:
    """The best guess of ``known`` that is a straight line of ``noisy``, channel by channel.

    Knows the clip's own means and spreads, which no denoiser is told.
    """
    channels = 2 if noisy.ndim == 3 else 1  # tokens [B, N, C], else [B, C, ...] or [B, T, C, H, W]
    over = tuple(axis for axis in range(noisy.ndim) if axis not in (0, channels))
    mean = known.mean(dim=over, keepdim=True)
    variance = known.var(dim=over, keepdim=True, correction=0)
    slope = level.signal * variance / (level.signal**2 * variance + level.noise**2)
    return mean + slope * (noisy - level.signal * mean)


def _error(first: Any, second: Any) -> float:
    """Mean squared difference; infinity where one of them is not a number."""
    error = float((first - second).square().mean())
    return error if math.isfinite(error) else math.inf
