"""What ``framegate matrix`` writes into a terminal, whatever its width, or into a pipe."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compat.cli.colour import shows_colours
from compat.cli.matrix_grid import COLOURS, grid, mark
from reports.matrix.counts import DEFINITION, differences, share_of, states_of
from reports.matrix.model import Entry, Machine, Matrix, State, Table, Way
from reports.matrix.words import (
    ALONE_MEANING,
    MLX_MEANING,
    NOT_ASKED,
    SYMBOLS,
    WORDS,
    counted,
    same_reason,
    say_earlier,
    say_elsewhere,
    say_where,
    short,
)
from reports.wording import count, say_environment, say_time, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPED = 100
"""Columns where nobody says how wide it is shown."""

_NARROWEST = 20
"""Columns that a paragraph takes however narrow the terminal is."""


def print_matrix(matrix: Matrix) -> None:
    """Print every machine: summary, table, what does not work and why."""
    console = _console()
    for machine in matrix.machines:
        _machine(console, machine)
    _differences(console, matrix)
    for note in matrix.notes:
        _say(console, f"note: {note}", indent=0)
    console.print()
    legend = ", ".join(f"{SYMBOLS[state]} {WORDS[state]}" for state in State)
    _say(console, f"{legend}, {NOT_ASKED} no such way", indent=0)
    _say(console, DEFINITION, indent=0, style="dim")


def _console() -> "Console":
    from rich.console import Console

    watched = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(
        highlight=False,
        width=None if watched else PIPED,
        no_color=not shows_colours(),
        force_terminal=shows_colours() or None,
    )


def _machine(console: "Console", machine: Machine) -> None:
    environment = machine.environment
    console.print()
    _say(console, say_environment(environment), indent=0, style="bold")
    sources = ", ".join(machine.sources)
    where = f"from {sources}; environment {environment.fingerprint[:12]}; "
    _say(console, f"{where}evidence up to {say_time(machine.dates[1])}", indent=0, style="dim")
    if machine.elsewhere is not None:
        _say(console, say_elsewhere(machine.elsewhere), indent=0, style="dim")
    for table in machine.tables:
        _table(console, table)
    if machine.mlx is not None:
        _beside(console, "mlx", MLX_MEANING, machine.mlx.entries)
    if machine.loaders:
        _beside(console, "loaders alone", ALONE_MEANING, machine.alone)


def _table(console: "Console", table: Table) -> None:
    device = table.device
    console.print()
    if device.unavailable:
        cells = count(len(table.entries), "cell is", "cells are")
        _say(console, f"{device.kind}: {cells} unknown: {device.unavailable}", indent=0)
        return
    name = f"{device.kind} ({device.name})" if device.name else device.kind
    said = f"{name}: {counted(states_of(table.entries))}; executed {share_of([table])}"
    _say(console, said, indent=0, style="bold")
    for line in grid(table.entries, console.width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    _reasons(console, table.entries)


def _reasons(console: "Console", entries: Sequence[Entry]) -> None:
    """What is not a plain success, the same reason once, with the cells it holds for."""
    for state in (State.SILENT, State.FAILS, State.KNOWN, State.UNKNOWN):
        for said, found in same_reason(entry for entry in entries if entry.state is state):
            _say(console, said, indent=0, state=state)
            for where in say_where(found):
                _say(console, where, indent=2)
            for failure in found[0].known:
                _say(console, f"{failure.id}: {failure.remedy}", indent=2, style="dim")
            for note in found[0].notes:
                _say(console, note, indent=2, style="dim")
    for entry in entries:
        if entry.earlier or (entry.notes and entry.state is State.WORKS):
            told = [*say_earlier(entry), *entry.notes]
            _say(console, f"{_name(entry.way)}: {'; '.join(told)}", indent=2, style="dim")


def _name(way: Way) -> str:
    return " ".join(filter(None, [way.family or way.probe, way.loader, short(way)]))


def _beside(
    console: "Console",
    name: str,
    meaning: str,
    entries: Sequence[Entry],
) -> None:
    console.print()
    _say(console, f"{name}: {counted(states_of(entries))}", indent=0, style="bold")
    _say(console, meaning, indent=0, style="dim")
    line = _line()
    for entry in entries:
        name = _name(entry.way)
        if len(line) and len(line) + len(name) + 2 > console.width:
            _print(console, line, indent=0)
            line = _line()
        line.append_text(mark(entry))
        line.append(f" {name}   ")
    _print(console, line, indent=0)
    _reasons(console, entries)


def _differences(console: "Console", matrix: Matrix) -> None:
    found = differences(matrix.machines)
    if not found:
        return
    console.print()
    _say(console, "where the machines differ", indent=0, style="bold")
    for one in found:
        way = next(entry.way for entry in one.entries if entry is not None)
        states = [WORDS[e.state] if e else "not asked" for e in one.entries]
        _say(console, f"{_name(way)} on {one.device}: {' | '.join(states)}", indent=2)


def _say(
    console: "Console", text: str, *, indent: int, style: str = "", state: State | None = None
) -> None:
    """Print one paragraph, wrapped to the width, its lines indented alike; a state comes first."""
    said = _line(style)
    if state is not None:
        said.append(SYMBOLS[state], style=COLOURS[state])
        said.append(" ")
    said.append(visible(text))
    _print(console, said, indent=indent)


def _print(console: "Console", text: "Text", *, indent: int) -> None:
    """Print wrapped lines without the blanks that rich fills them up with."""
    for line in text.wrap(console, max(console.width - indent, _NARROWEST)):
        line.rstrip()
        line.pad_left(indent)
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _line(style: str = "") -> "Text":
    from rich.text import Text

    return Text(style=style)
