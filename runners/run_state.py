"""What a run's stored events say about where it stands; resume is a function of them."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from compat.core.codec import from_data
from compat.core.job import Event
from runners.run_folder import Artefact, RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """What is on disk and known of one window."""

    latents: Artefact | None = None
    verdict: str = ""
    segment: Artefact | None = None
    tail: Artefact | None = None
    denoised: Mapping[str, object] = field(default_factory=dict)
    judged: Mapping[str, object] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Denoised, judged and decoded."""
        return self.latents is not None and self.verdict != "" and self.segment is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """One run as its events tell it."""

    run: str
    next_event: int = 0
    fingerprint: str = ""
    windows: Mapping[int, WindowState] = field(default_factory=dict)
    finished: bool = False
    stopped: str = ""

    @property
    def next_window(self) -> int:
        """The first window that is not complete, as the events tell it."""
        number = 0
        while number in self.windows and self.windows[number].complete:
            number += 1
        return number

    @property
    def started(self) -> bool:
        """Whether there is anything to resume."""
        return self.next_event > 0


def state_of(run: str, events: Sequence[Event]) -> RunState:
    """Read the events in order; a later event of a window overrides an earlier one."""
    return functools.reduce(advance, events, RunState(run=run))


def advance(state: RunState, event: Event) -> RunState:
    """The state after one more event."""
    data = event.data
    state = replace(state, next_event=event.number + 1)
    if event.kind == "run-started":
        return replace(state, fingerprint=str(data["fingerprint"]))
    if event.kind == "run-resumed":
        return replace(state, stopped="")
    if event.kind == "run-stopped":
        bad = None if data.get("keep") else _number(data)
        rest = {n: window for n, window in state.windows.items() if n != bad}
        return replace(state, stopped=str(data["reason"]), windows=rest)
    if event.kind == "run-finished":
        return replace(state, finished=True)
    if "window" not in data:
        return state
    number = _number(data)
    window = _after(event, state.windows.get(number, WindowState()))
    return replace(state, windows={**state.windows, number: window})


def first_incomplete(state: RunState, folder: RunFolder, count: int) -> int:
    """The first window that must be worked on: not complete, or its files are not what they were.

    Everything from there on is done again; on the same machine it comes out the same.
    """
    for number in range(count):
        window = state.windows.get(number)
        if window is None or not window.complete or not _on_disk(window, folder):
            return number
    return count


def _on_disk(window: WindowState, folder: RunFolder) -> bool:
    kept = [window.latents, window.segment, window.tail]
    return all(folder.holds(artefact) for artefact in kept if artefact is not None)


def _after(event: Event, before: WindowState) -> WindowState:
    data = event.data
    if event.kind == "window-denoised":
        return WindowState(latents=_artefact(data["latents"]), denoised=data)
    if event.kind == "window-judged":
        return replace(before, verdict=str(data["verdict"]), judged=data)
    if event.kind == "window-decoded":
        return replace(
            before,
            segment=_artefact(data["segment"]),
            tail=_artefact(data["tail"]) if data.get("tail") else None,
        )
    return WindowState()


def _artefact(data: object) -> Artefact:
    return from_data(Artefact, data)


def _number(data: Mapping[str, object]) -> int:
    return int(str(data["window"]))
