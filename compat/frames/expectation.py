"""What the caller knows about the clip that should have come out."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What was ordered; None means "not given" and is not checked.

    ``motion`` True means something must move, False that a still is what was asked for.
    ``in_distribution`` False says that the model cannot be expected to make pictures at this size
    or step count, so only hard facts count. ``reference`` holds the measures of the first window,
    to tell drift. ``duration`` in seconds. ``loop`` True means that the clip is to repeat itself,
    False that it must not; ``black_intro`` True that it may begin blank, False that it must not;
    ``audio`` whether there has to be a sound track.
    """

    frames: int | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    duration: float | None = None
    motion: bool | None = None
    loop: bool | None = None
    black_intro: bool | None = None
    audio: bool | None = None
    in_distribution: bool = True
    reference: Mapping[str, float] | None = None


ANYTHING = Expectation()
"""Nothing is known about the clip."""
