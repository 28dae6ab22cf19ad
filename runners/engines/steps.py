"""Watches every denoising step, whether or not the pipeline offers a callback."""

import itertools
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from runners.engines.statistics import statistics_of

Progress = Callable[[dict[str, object]], None]


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
    """While open, shows a watch what the scheduler's steps give; for pipelines without callback.

    Without it nothing would be known of such a pipeline's latents but what the VAE is handed, and
    that only where something is decoded.
    """

    def __init__(self, pipeline: Any, watch: StepWatch) -> None:
        """Watch the pipeline's ``scheduler``, where it has one."""
        self.scheduler = getattr(pipeline, "scheduler", None)
        self.watch = watch

    def __enter__(self) -> Self:
        """Wrap ``step`` on the instance; the class stays as it is."""
        if self.scheduler is not None:
            original = self.scheduler.step
            count = itertools.count()

            def watched(*args: Any, **kwargs: Any) -> Any:
                output = original(*args, **kwargs)
                latents = output[0] if isinstance(output, tuple) else output.prev_sample
                self.watch.saw(next(count), latents)
                return output

            self.scheduler.step = watched
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the scheduler its own ``step`` back."""
        if self.scheduler is not None:
            del self.scheduler.step
