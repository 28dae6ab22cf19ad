"""The scheduler walks another way than the one the model was trained for."""

import inspect
from typing import Any

from tools.preflight_power.faults.between import each_step
from tools.preflight_power.faults.fault import ALL, Fault, Target
from tools.preflight_power.faults.overrides import on_tensor, override

BATCHED_GUIDANCE = ("ltx", "animatediff", "cogvideox")
"""These hand both halves of guidance to the denoiser in one batch."""


def _reversed(target: Target) -> None:
    own = type(target.scheduler)

    def set_timesteps(self: Any, *args: Any, **kwargs: Any) -> None:
        own.set_timesteps(self, *args, **kwargs)
        self.timesteps = self.timesteps.flip(0)
        sigmas = getattr(self, "sigmas", None)
        if sigmas is not None:
            import torch

            self.sigmas = torch.cat([sigmas[:-1].flip(0), sigmas[-1:]])

    override(target.scheduler, set_timesteps=set_timesteps)


def edit_step(target: Target, change: Any) -> None:
    """Let ``change(step, steps, arguments)`` edit what the scheduler's step is handed."""
    own = type(target.scheduler)
    signature = inspect.signature(own.step)
    state = {"step": 0}

    def set_timesteps(self: Any, *args: Any, **kwargs: Any) -> Any:
        state["step"] = 0
        return own.set_timesteps(self, *args, **kwargs)

    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(self, *args, **kwargs)
        change(state["step"], len(self.timesteps), bound.arguments)
        state["step"] += 1
        return own.step(*bound.args, **bound.kwargs)

    override(target.scheduler, set_timesteps=set_timesteps, step=step)


def _stuck_from(share: float) -> Any:
    """From this share of the steps on, the sample is handed back as it came."""

    def inject(target: Target) -> None:
        kept: dict[str, Any] = {}

        def remember(_step: int, _steps: int, arguments: dict[str, Any]) -> None:
            kept["sample"] = arguments["sample"]

        edit_step(target, remember)

        def hold(step: int, steps: int, output: Any) -> Any:
            if step < share * steps:
                return output
            return on_tensor(output, lambda x: kept["sample"].to(x.dtype))

        each_step(target, hold)

    return inject


def _first_step_only(target: Target) -> None:
    """Every step repeats the first one: the index is never moved on."""

    def stay(step: int, _steps: int, arguments: dict[str, Any]) -> None:
        if step:
            arguments["timestep"] = target.scheduler.timesteps[0]
            if getattr(target.scheduler, "_step_index", None) is not None:
                target.scheduler._step_index = 0

    edit_step(target, stay)


def _other_shift(target: Target) -> None:
    scheduler = target.scheduler
    if hasattr(scheduler, "set_shift"):
        scheduler.set_shift(60.0)
    elif getattr(scheduler.config, "use_flow_sigmas", False):
        scheduler.register_to_config(flow_shift=60.0)
    else:
        scheduler.alphas_cumprod = scheduler.alphas_cumprod**0.1


def _other_prediction(target: Target) -> None:
    wanted = getattr(target.scheduler.config, "prediction_type", None)
    if wanted in ("epsilon", "v_prediction"):
        other = "v_prediction" if wanted == "epsilon" else "epsilon"
        target.scheduler.register_to_config(prediction_type=other)
    else:

        def as_noise(_step: int, _steps: int, arguments: dict[str, Any]) -> None:
            arguments["model_output"] = arguments["model_output"] - arguments["sample"]

        edit_step(target, as_noise)


def edit_forward(target: Target, change: Any) -> None:
    """Let ``change(arguments)`` edit what the denoiser is called with."""
    denoiser = target.denoiser
    original = type(denoiser).forward
    signature = inspect.signature(original)

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(self, *args, **kwargs)
        change(bound.arguments)
        return original(*bound.args, **bound.kwargs)

    override(denoiser, forward=forward)


def _timestep(change: Any) -> Any:
    def edit(arguments: dict[str, Any]) -> None:
        arguments["timestep"] = change(arguments["timestep"])

    return lambda target: edit_forward(target, edit)


def _noise_added(target: Target) -> None:
    import torch

    generator = torch.Generator().manual_seed(3)

    def noisy(_step: int, _steps: int, output: Any) -> Any:
        def change(x: Any) -> Any:
            return x + 0.5 * torch.randn(x.shape, generator=generator).to(x.dtype)

        return on_tensor(output, change)

    each_step(target, noisy)


def _scaled_prediction(factor: float) -> Any:
    def inject(target: Target) -> None:
        def change(_step: int, _steps: int, arguments: dict[str, Any]) -> None:
            arguments["model_output"] = factor * arguments["model_output"]

        edit_step(target, change)

    return inject


def _halves(change: Any) -> Any:
    """Change the two halves of a guided batch of predictions."""

    def inject(target: Target) -> None:
        denoiser = target.denoiser
        original = type(denoiser).forward

        def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
            def both(x: Any) -> Any:
                import torch

                return torch.cat(change(*x.chunk(2))) if len(x) == 2 else x

            return on_tensor(original(self, *args, **kwargs), both)

        override(denoiser, forward=forward)

    return inject


def _fault(fault_id: str, title: str, inject: Any, families: tuple[str, ...] = ALL) -> Fault:
    return Fault(id=fault_id, stage="scheduler", title=title, inject=inject, families=families)


FAULTS = (
    _fault("reversed-sigmas", "noise levels in ascending order", _reversed),
    _fault("stuck-step", "no step changes the sample", _stuck_from(0.0)),
    _fault("stuck-half-way", "the second half of the steps changes nothing", _stuck_from(0.5)),
    _fault("ends-early", "the last fifth of the steps is missing", _stuck_from(0.8)),
    _fault("first-step-only", "every step uses the first noise level", _first_step_only),
    _fault("other-shift", "a noise shift of another world", _other_shift),
    _fault("other-prediction", "the prediction taken for another kind", _other_prediction),
    _fault("timestep-of-1", "timesteps from 0 to 1 where 0 to 1000 is meant",
           _timestep(lambda t: t / 1000)),
    _fault("timestep-stuck", "the denoiser is always told 999", _timestep(lambda t: t * 0 + 999)),
    _fault("timestep-reversed", "the denoiser is told 1000 - t", _timestep(lambda t: 1000 - t)),
    _fault("noise-every-step", "noise is added after each step", _noise_added),
    _fault("half-prediction", "the prediction counts half", _scaled_prediction(0.5)),
    _fault("double-prediction", "the prediction counts twice", _scaled_prediction(2.0)),
    _fault("halves-exchanged", "guided and unguided prediction exchanged",
           _halves(lambda a, b: (b, a)), BATCHED_GUIDANCE),
    _fault("unguided-twice", "the unguided prediction taken for both",
           _halves(lambda a, b: (a, a + 0 * b)), BATCHED_GUIDANCE),
    _fault("guided-thrice", "guidance applied again and again",
           _halves(lambda a, b: (a, a + 12 * (b - a))), BATCHED_GUIDANCE),
)  # fmt: skip
