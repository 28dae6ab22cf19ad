"""The range of every number in a plan: beyond it lies a slip of the pen or an engine's error."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from compat.plan.model import RenderPlan

MAX_WINDOWS = 10_000
"""More than a day on the fastest GPU we know; a number this size is a typing error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Smallest and largest legal value, both included, and the unit they are in."""

    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        """Write the range the way messages and the template quote it."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{written(self.low)} to {written(self.high)}{unit}"

    def holds(self, value: float) -> bool:
        """Whether ``value`` is a number inside the range; TOML also knows nan and inf."""
        return self.low <= value <= self.high  # false for nan, and infinity is in no range

    def nearest(self, value: float) -> float | None:
        """The legal value nearest to ``value``; None for nan, which is near nothing."""
        return None if math.isnan(value) else min(max(value, self.low), self.high)


LIMITS: Mapping[str, Limit] = {
    "video.width": Limit(low=1, high=8192, unit="pixels"),
    "video.height": Limit(low=1, high=8192, unit="pixels"),
    # diffusers and ltx-pipelines condition LTX on at most 60 frames a second.
    "video.fps": Limit(low=1, high=60, unit="frames per second"),
    "video.seconds": Limit(low=0.04, high=86_400, unit="seconds"),
    # Two latents: one that is handed over and one that is new.
    "window.frames": Limit(low=9, high=2001, unit="frames"),
    "window.overlap": Limit(low=1, high=1993, unit="frames"),
    "window.adain": Limit(low=0, high=1),
    # The schedulers are discretised into 1000 training timesteps.
    "sampling.steps": Limit(low=1, high=1000, unit="steps"),
    "sampling.guidance": Limit(low=0, high=30),
    # The largest integer that TOML must carry; torch takes it as a seed.
    "sampling.seed": Limit(low=0, high=2**63 - 1),
    "picture.width": Limit(low=0, high=8192, unit="pixels"),
    "picture.height": Limit(low=0, high=8192, unit="pixels"),
    "picture.frames": Limit(low=0, high=2001, unit="frames"),
    "picture.steps": Limit(low=0, high=1000, unit="steps"),
    "output.crf": Limit(low=0, high=51),  # x264, 8 bit
}


def value_of(plan: RenderPlan, key: str) -> float:
    """The number that ``plan`` holds under a dotted key of :data:`LIMITS`."""
    table, _, name = key.partition(".")
    number: float = getattr(getattr(plan, table), name)
    return number


def outside(plan: RenderPlan, key: str) -> bool:
    """Whether the number under ``key`` is outside its limit."""
    return not LIMITS[key].holds(value_of(plan, key))


def written(value: float) -> str:
    """Write a number the way a person would type it into the plan."""
    return str(value) if isinstance(value, int) else f"{value:.12g}"
