"""A progress bar on stderr, where somebody watches; what it counts is up to each kind."""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self


class ProgressBar:
    """Shown from ``with`` to its end, on a terminal only; nothing else is written there or lost."""

    BEGIN = "starting"
    """What stands beside the bar before anything is named."""

    def __init__(self, total: int | None) -> None:
        """Prepare for ``total`` of what is counted; None while that is not known."""
        self._total = total
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._is_worth_it() and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(
                *self._columns(),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,
            )
            self._bar.start()
            self._task = self._bar.add_task(self.BEGIN, total=self._total)
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

    def _is_worth_it(self) -> bool:
        return True

    def _columns(self) -> Sequence[Any]:
        raise NotImplementedError
