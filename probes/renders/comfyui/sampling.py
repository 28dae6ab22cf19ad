"""ComfyUI's sampling, from noise to latents, along the course that the diffusers pipeline takes."""

from collections.abc import Callable, Mapping
from typing import Any

from probes.renders.comfyui.course import Course

TIMES = 1000.0
"""Times of a pipeline go to 1000, strengths of noise in ComfyUI to 1."""

Denoise = Callable[[Any, Any], Any]


def sampled(
    networks: Mapping[str, Any],
    course: Course,
    *,
    text: Any,
    conditions: dict[str, Any],
    noise: Any,
    chosen: Callable[[float], str],
    rising: bool,
) -> Any:
    """The final latents in the space that the autoencoder decodes.

    ``networks`` are ComfyUI's patchers and ``chosen`` names the one for a time. Everything around
    the step itself is ComfyUI's: conditions, casting, its sense of time, the scale of latents.
    """
    import torch

    positive = [[text, conditions]]
    latents = noise
    times = [float(time) for time in course.scheduler.timesteps]
    for start, end, name in stretches(times, chosen):
        latents = _one(
            networks[name], course, positive, latents, range(start, end), rising=rising
        )
    network = next(iter(networks.values())).model
    return network.process_latent_out(latents.to(torch.float32))


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


def _one(
    patcher: Any, course: Course, positive: Any, latents: Any, steps: range, *, rising: bool
) -> Any:
    import importlib

    import torch

    sample, samplers = (importlib.import_module(f"comfy.{name}") for name in ("sample", "samplers"))

    def step_by_step(
        denoise: Denoise, _noise: Any, _sigmas: Any, extra_args: Any = None, **_more: Any
    ) -> Any:
        x = latents
        for step in steps:
            time = course.scheduler.timesteps[step]
            sigma = strength(TIMES - float(time) if rising else float(time))
            clean = denoise(x, sigma.expand(len(x)), **(extra_args or {}))
            flow = (clean - x if rising else x - clean) / sigma
            x = course.scheduler.step(flow, time, x, return_dict=False)[0]
        return x

    done = sample.sample_custom(
        patcher,
        noise=latents,
        cfg=1.0,
        sampler=samplers.KSAMPLER(step_by_step),
        sigmas=torch.tensor([1.0, 0.0]),
        positive=positive,
        negative=positive,
        latent_image=torch.zeros_like(latents),
        disable_pbar=True,
        seed=0,
    )
    return patcher.model.process_latent_in(done.to(torch.float32))
