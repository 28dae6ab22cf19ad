"""The seed, the noise and what should repeat."""

from typing import Any

from tools.preflight_power.faults.fault import Fault, Target
from tools.preflight_power.faults.overrides import after, override


def _seed_ignored(target: Target) -> None:
    import torch

    own = type(target.pipeline)

    def prepare_latents(self: Any, *args: Any, **kwargs: Any) -> Any:
        fixed = torch.Generator("cpu").manual_seed(0)
        args = tuple(fixed if isinstance(a, torch.Generator) else a for a in args)
        kwargs = {k: fixed if isinstance(v, torch.Generator) else v for k, v in kwargs.items()}
        return own.prepare_latents(self, *args, **kwargs)

    override(target.pipeline, prepare_latents=prepare_latents)


def _global_noise(target: Target) -> None:
    import torch

    own = type(target.pipeline)

    def prepare_latents(self: Any, *args: Any, **kwargs: Any) -> Any:
        args = tuple(None if isinstance(a, torch.Generator) else a for a in args)
        kwargs = {k: None if isinstance(v, torch.Generator) else v for k, v in kwargs.items()}
        return own.prepare_latents(self, *args, **kwargs)

    override(target.pipeline, prepare_latents=prepare_latents)


def _start(change: Any) -> Any:
    return lambda target: after(target.pipeline, "prepare_latents", change)


def _uninitialised(x: Any) -> Any:
    y = x.flatten().clone()
    y[::7] = 1e4
    return y.view(x.shape)


def _same_everywhere(x: Any) -> Any:
    import torch

    flat = x.flatten(1)
    return (
        flat[:, : flat.shape[1] // 4].repeat(1, 4)[:, : flat.shape[1]].reshape(x.shape)
        if (flat.shape[1] % 4 == 0)
        else torch.zeros_like(x)
    )


def _smooth(x: Any) -> Any:
    return (x + x.roll(1, -1) + x.roll(2, -1)) / 3


def _fault(fault_id: str, title: str, inject: Any) -> Fault:
    return Fault(id=fault_id, stage="noise", title=title, inject=inject)


FAULTS = (
    _fault("seed-ignored", "every seed gives the same noise", _seed_ignored),
    _fault("seed-not-used", "the noise is fresh every time", _global_noise),
    _fault("noise-zero", "there is no noise", _start(lambda x: x * 0)),
    _fault("noise-times-4", "four times too much noise", _start(lambda x: 4 * x)),
    _fault("noise-by-4", "a quarter of the noise", _start(lambda x: x / 4)),
    _fault("noise-uninitialised", "memory that nobody filled", _start(_uninitialised)),
    _fault("noise-positive", "only positive noise (uniform for normal)", _start(lambda x: x.abs())),
    _fault("noise-repeats", "the noise repeats itself four times", _start(_same_everywhere)),
    _fault("noise-smooth", "neighbouring values are mixed", _start(_smooth)),
)
