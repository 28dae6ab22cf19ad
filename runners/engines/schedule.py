"""Reads a diffusers scheduler: how much noise each step holds, and what its output means.

The formulas are those of the papers, written apart from diffusers' own ``step``, so that the two
can be held against each other: flow matching x = (1 - n) x0 + n e (Lipman et al. 2022), variance
preserving x = s x0 + n e with s^2 + n^2 = 1 (Song et al. 2020, DDIM), variance exploding
x = x0 + n e (Karras et al. 2022).
"""

from dataclasses import dataclass
from typing import Any

TWO_EVALUATIONS = ("Heun", "KDPM2", "LMS", "PNDM", "IPNDM")
"""Schedulers whose steps are not one evaluation each, or that mix old outputs; not followed."""

STOCHASTIC = ("Ancestral", "DDPM", "LCM", "CogVideoXDPM", "SDE", "TCD", "EDM")
"""Schedulers that add fresh noise in every step, so that no formula gives their result."""


@dataclass(frozen=True, slots=True)
class Level:
    """The shares of picture and noise in x = signal * x0 + noise * e."""

    signal: float
    noise: float


class Schedule:
    """One scheduler after ``set_timesteps``; ``kind`` is empty where it cannot be followed."""

    def __init__(self, scheduler: Any) -> None:
        """Read the scheduler's class, config, sigmas and alphas; changes nothing."""
        name = type(scheduler).__name__
        config = scheduler.config
        self.flow = "FlowMatch" in name or bool(config.get("use_flow_sigmas", False))
        self.kind = _kind(name, config, flow=self.flow)
        self.inverted = bool(config.get("invert_sigmas", False))
        self.order = int(config.get("solver_order", 1) or 1)
        self.exploding = name.startswith("Euler")
        self.clip = _clip_range(name, config)
        self.stochastic = (
            any(word in name for word in STOCHASTIC)
            or bool(config.get("stochastic_sampling", False))
            or str(config.get("algorithm_type", "")).startswith("sde")
        )
        # DDIM steps back by this many timesteps, whatever the next of its list is.
        self.stride = int(config.get("num_train_timesteps", 1000)) // len(scheduler.timesteps)
        self.timesteps = [float(t) for t in scheduler.timesteps]
        self.sigmas = _numbers(getattr(scheduler, "sigmas", None))
        self.alphas = _numbers(getattr(scheduler, "alphas_cumprod", None))
        self.final_alpha = float(getattr(scheduler, "final_alpha_cumprod", 1.0))

    def level(self, step: int) -> Level | None:
        """The shares before step ``step``, counted from 0; None where they are unknown."""
        if not self.kind:
            return None
        if self.flow or (self.sigmas and not self._alphas_only):
            return self._of_sigma(step)
        if not self.alphas:
            return None
        return self._of_timestep(self.timesteps[step]) if step < len(self.timesteps) else None

    def after(self, step: int) -> Level | None:
        """The shares after step ``step``, counted from 0."""
        level = self.level(step + 1)
        if not self.kind or (self.sigmas and not self._alphas_only):
            return level
        if not self.alphas or step >= len(self.timesteps):
            return None
        return self._of_timestep(self.timesteps[step] - self.stride)

    def _of_timestep(self, timestep: float) -> Level:
        index = min(int(timestep), len(self.alphas) - 1)
        alpha = self.final_alpha if timestep < 0 else self.alphas[index]
        return Level(alpha**0.5, max(0.0, 1 - alpha) ** 0.5)

    @property
    def _alphas_only(self) -> bool:
        # DDIM's family keeps the training sigmas of no use for a step, if any.
        return len(self.sigmas) < len(self.timesteps)

    def _of_sigma(self, step: int) -> Level | None:
        if step >= len(self.sigmas):
            return None
        sigma = self.sigmas[step]
        if self.flow:
            noise = 1 - sigma if self.inverted else sigma
            return Level(1 - noise, noise)
        if self.exploding:
            return Level(1.0, sigma)
        alpha = 1 / (1 + sigma**2) ** 0.5
        return Level(alpha, sigma * alpha)

    def split(self, sample: Any, output: Any, level: Level) -> tuple[Any, Any] | None:
        """Picture and noise that ``output`` says are in ``sample``; None where it cannot be told.

        Clips the picture where the scheduler does, which leaves the noise as it was.
        """
        signal, noise = level.signal, level.noise
        if self.kind == "flow":
            velocity = -output if self.inverted else output
            return sample - noise * velocity, sample + (1 - noise) * velocity
        if self.kind == "epsilon" and signal > 0:
            return self._clipped((sample - noise * output) / signal), output
        if self.kind == "v_prediction" and not self.exploding:
            return self._clipped(signal * sample - noise * output), signal * output + noise * sample
        if self.kind == "sample" and noise > 0:
            clean = self._clipped(output)
            return clean, (sample - signal * clean) / noise
        return None

    def _clipped(self, clean: Any) -> Any:
        return clean.clamp(-self.clip, self.clip) if self.clip else clean


def _kind(name: str, config: Any, *, flow: bool) -> str:
    if any(word in name for word in TWO_EVALUATIONS):
        return ""
    if flow:
        return "flow"
    told = str(config.get("prediction_type", ""))
    return told if told in ("epsilon", "v_prediction", "sample") else ""


def _clip_range(name: str, config: Any) -> float:
    # CogVideoX's DDIM has the entry in its config and does not heed it (diffusers 0.42.1).
    if not config.get("clip_sample", False) or name.startswith("CogVideoX"):
        return 0.0
    return float(config.get("clip_sample_range", 1.0))


def _numbers(values: Any) -> list[float]:
    return [] if values is None else [float(value) for value in values]
