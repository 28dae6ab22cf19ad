"""Counts the cells of a matrix: how many are in which state, how many were really run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.matrix.model import Entry, Machine, State, Table

DEFINITION = (
    "Executed share: of all cells that the usable devices of this machine are asked, those whose "
    "state comes from a render that ran here to an answer (works, fails, known failure, silently "
    "wrong). A cell that was skipped, broke off or was never run is not executed, whatever the "
    "reason; a missing package or folder does not take it out of the count."
)
"""What the executed share means, told wherever the number stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of the cells that can be run here were run; None where there are none."""

    executed: int
    runnable: int

    @property
    def percent(self) -> float | None:
        """The share in percent."""
        return 100 * self.executed / self.runnable if self.runnable else None

    def __str__(self) -> str:
        """Write the share as people read it; rounded down, so that 100 % means all."""
        if self.percent is None:
            return "no cell can be run"
        return f"{self.executed} of {self.runnable} cells ({int(self.percent)} %)"


def states_of(entries: Iterable[Entry]) -> Mapping[State, int]:
    """The number of cells in each state, zeros included."""
    found = Counter(entry.state for entry in entries)
    return {state: found[state] for state in State}


def share_of(tables: Iterable[Table]) -> Share:
    """The executed share over the tables of usable devices."""
    usable = [table for table in tables if not table.device.unavailable]
    entries = [entry for table in usable for entry in table.entries]
    done = sum(entry.state is not State.UNKNOWN for entry in entries)
    return Share(executed=done, runnable=len(entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cell whose state is not the same on all machines that answered it."""

    device: str
    entries: tuple[Entry | None, ...]


def differences(machines: Iterable[Machine]) -> tuple[Difference, ...]:
    """The cells that are answered differently by several machines, in the order of the matrix."""
    given = tuple(machines)
    by_key = [
        {(table.device.kind, entry.way): entry for table in m.tables for entry in table.entries}
        for m in given
    ]
    keys = dict.fromkeys(key for cells in by_key for key in cells)
    found = []
    for device, way in keys:
        entries = tuple(cells.get((device, way)) for cells in by_key)
        answered = {e.state for e in entries if e is not None and e.state is not State.UNKNOWN}
        if len(answered) > 1:
            found.append(Difference(device=device, entries=entries))
    return tuple(found)
