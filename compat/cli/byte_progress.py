"""A progress bar over bytes on stderr, while long reading runs and somebody watches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from compat.cli.progress_bar import ProgressBar

WORTH_SHOWING = 256 << 20
"""Bytes; less is read before anybody has looked."""


class ByteProgress(ProgressBar):
    """Shows how much of ``total`` bytes is read, at what speed, and how long the rest will take."""

    BEGIN = "reading"

    def _is_worth_it(self) -> bool:
        return self._total is not None and self._total >= WORTH_SHOWING

    def _columns(self) -> Sequence[Any]:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        return (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )

    def advance(self, count: int) -> None:
        """Count bytes that were read."""
        if self._bar is not None:
            self._bar.advance(self._task, count)

    def begin(self, path: Path) -> None:
        """Name the file that is being read."""
        if self._bar is not None:
            self._bar.update(self._task, description=ascii(path.name[:40])[1:-1])
