"""Shows long work as it goes on: one line per finished thing, a moving line for the current one."""

import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from compat.core.job import Check, Event
from compat.core.model import Outcome, Severity

MARKS = {Outcome.PASS: "ok", Outcome.FAIL: "NO", Outcome.ERROR: "NO", Outcome.SKIP: "??"}
COLOURS = {Outcome.PASS: "green", Outcome.FAIL: "red", Outcome.ERROR: "red", Outcome.SKIP: "yellow"}


class Live:
    """Writes to stderr, so that stdout stays the command's answer; moves only on a terminal."""

    def __init__(self) -> None:
        """Look whether there is somebody to watch."""
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._status: Any = None

    def __enter__(self) -> Self:
        """Start the moving line."""
        if sys.stderr.isatty():
            self._status = self._console.status("starting")
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the moving line away."""
        self.rest()

    def rest(self) -> None:
        """End the moving line; call this before printing the command's answer.

        While it moves rich sends what is printed to stderr too, and ``framegate render > FILE``
        in a terminal would leave the file empty.
        """
        if self._status is not None:
            self._status.stop()
        self._status = None

    def say(self, text: str, style: str = "") -> None:
        """Write one line that stays."""
        self._console.print(text, style=style or None, markup=False)

    def doing(self, text: str) -> None:
        """Change the moving line."""
        if self._status is not None:
            from rich.text import Text

            self._status.update(Text(text))

    def check(self, check: Check) -> None:
        """Write one finished check of a preflight, with what it found."""
        mark = MARKS[check.outcome]
        line = f"  {mark} {check.title:<28} {check.seconds:6.1f} s"
        if check.outcome is not Outcome.PASS:
            line += f"  {check.reason}"
        self.say(line, COLOURS[check.outcome])
        for finding in check.findings:
            if finding.severity is not Severity.INFO and finding.message != check.reason:
                self.say(f"       {finding.severity.value}: {finding.place}: {finding.message}")
            if finding.remedy and finding.severity.rank >= Severity.MEDIUM.rank:
                self.say(f"       what to do: {finding.remedy}")

    def step(self, name: str, message: Mapping[str, object]) -> None:
        """Show how far the current step is."""
        if "step" in message:
            self.doing(f"{name}: step {message['step']} of {message['steps']}")
        else:
            self.doing(str(message.get("title", name)))

    def event(self, event: Event) -> None:
        """Write what matters of a run's events."""
        data = event.data
        if event.kind == "window-judged":
            sentences: Any = data.get("sentences") or []
            said = f": {sentences[0]}" if sentences else ""
            self.say(f"  window {data['window']}  {data['verdict']}{said}")
        elif event.kind == "window-retried":
            self.say(f"  window {data['window']}  garbage, trying once more", "yellow")
        elif event.kind == "run-resumed":
            self.say(f"  going on with window {data['from_window']}")
        elif event.kind == "run-stopped":
            self.say(f"  stopped: {data['reason']}", "red")
        elif event.kind == "run-interrupted":
            self.say("  interrupted; everything up to the last whole window is kept", "yellow")

    def loop(self, message: Mapping[str, object]) -> None:
        """Show how far the loop is."""
        stage = message.get("stage")
        if stage == "stopping":
            self.say("  stopping after this step; press Ctrl-C again to stop at once", "yellow")
        elif stage == "assemble":
            self.doing("writing the video")
        else:
            place = f"window {message.get('window')}"
            step = f"step {message['step']} of {message['steps']}" if "step" in message else stage
            self.doing(f"{place}: {step}")
