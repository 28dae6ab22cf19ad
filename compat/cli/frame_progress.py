"""A progress bar over the frames of a clip on stderr, while somebody watches."""

import sys
from dataclasses import replace
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compat.frames.clip import Clip

Seen = TypeVar("Seen")


class FrameProgress:
    """Shows which of ``clips`` is judged, how many of its frames, and how long the rest takes."""

    def __init__(self, clips: int) -> None:
        """Prepare; nothing is shown without a terminal."""
        self._clips, self._begun = clips, 0
        self._total: int | None = None
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Show the bar."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TextColumn("frames"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,
            )
            self._bar.start()
            self._task = self._bar.add_task("judging", total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self.rest()

    def rest(self) -> None:
        """Take the bar away, so that something can be printed."""
        if self._bar is not None:
            self._bar.stop()

    def watch(self, clip: "Clip") -> "Clip":
        """Return the clip as it is, but every frame that is read of it moves the bar."""
        self._begun += 1
        if self._bar is None:
            return clip
        name = ascii(PurePath(clip.info.path).name[-40:])[1:-1]
        place = f"{self._begun} of {self._clips} " if self._clips > 1 else ""
        self._bar.start()
        self._total = clip.info.declared_frames
        self._bar.reset(self._task, description=f"{place}{name}", total=self._total)
        read, glance = clip.read, clip.glance
        watched = replace(clip, read=lambda again: self._counted(read(again)))
        if glance is not None:
            watched.glance = lambda again: self._counted(glance(again))
        return watched

    def _counted(self, frames: "Iterator[Seen]") -> "Iterator[Seen]":
        self._bar.reset(self._task, total=self._total)
        for frame in frames:
            yield frame
            self._bar.advance(self._task)
