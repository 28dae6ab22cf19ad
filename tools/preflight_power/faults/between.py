"""Reaches the latents after the last step and before the VAE, in each family's own way."""

from collections.abc import Callable
from typing import Any

from tools.preflight_power.faults.fault import Target
from tools.preflight_power.faults.overrides import on_tensor, override

Change = Callable[[Any], Any]


def between(target: Target, change: Change) -> None:
    """Let ``change`` replace the normalised latents [batch, channels, frames, height, width]."""
    match target.family:
        case "ltx":
            _unpacked(target, change)
        case "animatediff":
            _handed_to_decode(target, change)
        case "cogvideox":
            _handed_to_decode(
                target, lambda x: change(x.permute(0, 2, 1, 3, 4)).permute(0, 2, 1, 3, 4)
            )
        case _:
            _of_last_step(target, change)


def _unpacked(target: Target, change: Change) -> None:
    original = type(target.pipeline)._unpack_latents

    def unpack(*args: Any, **kwargs: Any) -> Any:
        return change(original(*args, **kwargs))

    override(target.pipeline, _unpack_latents=staticmethod(unpack))


def _handed_to_decode(target: Target, change: Change) -> None:
    original = type(target.pipeline).decode_latents

    def decode_latents(self: Any, latents: Any, *args: Any, **kwargs: Any) -> Any:
        return original(self, change(latents), *args, **kwargs)

    override(target.pipeline, decode_latents=decode_latents)


def _of_last_step(target: Target, change: Change) -> None:
    def last(step: int, steps: int, output: Any) -> Any:
        return on_tensor(output, change) if step == steps - 1 else output

    each_step(target, last)


def each_step(target: Target, change: Callable[[int, int, Any], Any]) -> None:
    """Let ``change(step, steps, output)`` replace what the scheduler's step returns."""
    own = type(target.scheduler)
    state = {"step": 0}

    def set_timesteps(self: Any, *args: Any, **kwargs: Any) -> Any:
        state["step"] = 0
        return own.set_timesteps(self, *args, **kwargs)

    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        output = own.step(self, *args, **kwargs)
        number = state["step"]
        state["step"] += 1
        return change(number, len(self.timesteps), output)

    override(target.scheduler, set_timesteps=set_timesteps, step=step)
