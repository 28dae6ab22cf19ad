"""A progress bar over bytes on stderr, while long reading runs and somebody watches."""

import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

WORTH_SHOWING = 256 << 20
"""Bytes; less is read before anybody has looked."""


class ByteProgress:
    """Shows how much of ``total`` bytes is read, at what speed, and how long the rest will take."""

    def __init__(self, total: int) -> None:
        """Prepare; nothing is shown for few bytes or without a terminal."""
        self._total = total
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._total >= WORTH_SHOWING and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,
            )
            self._bar.start()
            self._task = self._bar.add_task("reading", total=self._total)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def advance(self, count: int) -> None:
        """Count bytes that were read."""
        if self._bar is not None:
            self._bar.advance(self._task, count)

    def begin(self, path: Path) -> None:
        """Name the file that is being read."""
        if self._bar is not None:
            self._bar.update(self._task, description=ascii(path.name[:40])[1:-1])
