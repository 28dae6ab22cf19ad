"""Watches every denoising step, whether or not the pipeline offers a callback."""

import inspect
import itertools
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from runners.engines.override import override
from runners.engines.statistics import on_cpu, statistics_of
from runners.engines.step_result import sample_of
from runners.engines.step_trace import StepTracer, coarsest

Progress = Callable[[dict[str, object]], None]

TOLD = {"sample", "model_output", "timestep"}
"""What a scheduler's step is given wherever it can be followed."""


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
        self.saw(step, kwargs["latents"])
        return {}

    def saw(self, step: int, latents: Any) -> None:
        """Note what step number ``step``, counted from 0, ended with."""
        self.fault(step)
        self.latents = latents
        self.spreads.append(statistics_of(latents).std)
        self.times.append(time.perf_counter())
        self.emit({"step": step + 1, "steps": self.steps})

    @property
    def step_seconds(self) -> tuple[float, ...]:
        """Seconds of each step; the first includes encoding the prompt, so it is left out."""
        moments = self.times[1:]
        return tuple(b - a for a, b in itertools.pairwise(moments))


class SchedulerTap:
    """While open, shows a tracer every call of the scheduler's ``step``.

    A ``watch`` is told as well: for pipelines without a callback, of whose latents nothing would be
    known but what the VAE is handed, and that only where something is decoded.
    """

    def __init__(self, pipeline: Any, tracer: StepTracer, watch: StepWatch | None = None) -> None:
        """Watch the pipeline's ``scheduler``, where it has one."""
        self.scheduler = getattr(pipeline, "scheduler", None)
        self.tracer = tracer
        self.watch = watch
        self._undo: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        """Stand in for ``step`` of this one scheduler."""
        if self.scheduler is not None:
            signature = inspect.signature(self.scheduler.step)
            count = itertools.count()

            def around(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
                given = signature.bind(*args, **kwargs).arguments
                told = given.keys() >= TOLD and hasattr(self.scheduler, "timesteps")
                # Some schedulers step in place; the sample must be seen as it was.
                sample = on_cpu(given["sample"]).clone() if told else None
                output = original(*args, **kwargs)
                latents = sample_of(output)
                if told:
                    asked = given["model_output"], given["timestep"]
                    unit = coarsest(given["sample"], asked[0], latents)
                    self.tracer.saw(self.scheduler, sample, *asked, latents, unit)
                if self.watch is not None:
                    self.watch.saw(next(count), latents)
                return output

            self._undo = override(self.scheduler, "step", around)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the scheduler its own ``step`` back."""
        self._undo()
