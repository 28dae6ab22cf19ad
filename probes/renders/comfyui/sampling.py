"""ComfyUI's sampling, from noise to latents, along the course that the diffusers pipeline takes."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from probes.renders.comfyui.course import Course
from probes.renders.comfyui.family import Start

TIMES = 1000.0
"""Times of a pipeline go to 1000, strengths of noise in ComfyUI to 1."""

Denoise = Callable[..., Any]


def sampled(
    networks: Mapping[str, Any],
    course: Course,
    start: Start,
    *,
    chosen: Callable[[float], str],
    rising: bool,
) -> tuple[Any, ...]:
    """The final latents of picture and sound, normalised as the network sees them.

    ``networks`` are ComfyUI's patchers and ``chosen`` names the one for a time. Everything around
    the step itself is ComfyUI's: conditions, casting, its sense of time, the scale of latents.
    """
    latents = start.noise
    times = [float(time) for time in course.scheduler.timesteps]
    for first, end, name in stretches(times, chosen):
        stepping = _stepping(course, range(first, end), rising=rising)
        latents = _one(networks[name], stepping, start, latents)
    return latents


def stretches(times: list[float], chosen: Callable[[float], str]) -> list[tuple[int, int, str]]:
    """Runs of steps for one network: first step, the one after the last, the network's name."""
    found: list[tuple[int, int, str]] = []
    for step, time in enumerate(times):
        name = chosen(time)
        if found and found[-1][2] == name:
            found[-1] = (found[-1][0], step + 1, name)
        else:
            found.append((step, step + 1, name))
    return found


def strength(time: float) -> Any:
    """The strength of noise that ComfyUI turns back into ``time`` when it multiplies by 1000.

    The nearest float32 does not always: 999 becomes 999.00006, and the fastest wave of the time's
    embedding takes the difference at full height.
    """
    import torch

    wanted = torch.tensor(time)
    near = wanted / TIMES
    around = (near, torch.nextafter(near, near + 1), torch.nextafter(near, near - 1))
    return min(around, key=lambda sigma: float((sigma * TIMES - wanted).abs()))


def _stepping(course: Course, steps: range, *, rising: bool) -> Callable[..., Any]:
    """A sampler of ComfyUI's that takes the steps of the pipeline's scheduler."""

    def step_by_step(
        denoise: Denoise, noise: Any, _sigmas: Any, extra_args: Any = None, **_more: Any
    ) -> Any:
        x = noise
        for step in steps:
            time = course.scheduler.timesteps[step]
            sigma = strength(TIMES - float(time) if rising else float(time))
            clean = denoise(x, sigma.expand(len(x)), **(extra_args or {}))
            flow = (clean - x if rising else x - clean) / sigma
            x = course.scheduler.step(flow, time, x, return_dict=False)[0]
        return x

    return step_by_step


def _one(patcher: Any, stepping: Any, start: Start, latents: tuple[Any, ...]) -> tuple[Any, ...]:
    import torch

    positive = [[start.text, start.conditions]]
    done = importlib.import_module("comfy.sample").sample_custom(
        patcher,
        noise=_together(latents),
        cfg=1.0,
        sampler=importlib.import_module("comfy.samplers").KSAMPLER(stepping),
        sigmas=torch.tensor([1.0, 0.0]),
        positive=positive,
        negative=positive,
        latent_image=_together(tuple(torch.zeros_like(part) for part in latents)),
        disable_pbar=True,
        seed=0,
    )
    parts = done.unbind() if getattr(done, "is_nested", False) else (done,)
    return tuple(patcher.model.process_latent_in(part.to(torch.float32)) for part in parts)


def _together(latents: tuple[Any, ...]) -> Any:
    """Picture and sound as ComfyUI carries them around together."""
    if len(latents) == 1:
        return latents[0]
    return importlib.import_module("comfy.nested_tensor").NestedTensor(list(latents))
