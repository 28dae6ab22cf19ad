"""A progress bar over the frames of a clip on stderr, while somebody watches."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from compat.cli.progress_bar import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compat.frames.clip import Clip

Seen = TypeVar("Seen")


class FrameProgress(ProgressBar):
    """Shows which of ``clips`` is judged, how many of its frames, and how long the rest takes."""

    BEGIN = "judging"

    def __init__(self, clips: int) -> None:
        """Prepare; how many frames a clip has is known when it is opened."""
        super().__init__(None)
        self._clips, self._begun = clips, 0

    def _columns(self) -> Sequence[Any]:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        return (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("frames"),
            TimeRemainingColumn(),
        )

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
