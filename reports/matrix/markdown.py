"""Writes MATRIX.md: the table of every machine and device, and the evidence below it."""

from collections.abc import Iterator, Mapping, Sequence

from reports.matrix.counts import DEFINITION, differences, share_of, states_of
from reports.matrix.declared import FAMILIES, LOADERS, in_order
from reports.matrix.model import Entry, Machine, Matrix, State, Table
from reports.matrix.words import (
    ALONE_MEANING,
    MEANINGS,
    MLX_MEANING,
    NOT_ASKED,
    SYMBOLS,
    WORDS,
    counted,
    measured,
    same_reason,
    say_earlier,
    say_elsewhere,
    say_entry,
    say_run,
    say_versions,
    say_where,
    short,
    title_of,
)
from reports.wording import as_code, count, for_markdown, say_environment, say_time


def render_markdown(matrix: Matrix) -> str:
    """Return the whole report; the same evidence gives the same text."""
    lines = [
        "# Model x loader x device",
        "",
        (
            "Made by `framegate matrix` from evidence, never typed. Each cell is a tiny model of "
            "the real classes that was loaded, rendered and compared."
        ),
        "",
        *_legend(),
    ]
    for machine in matrix.machines:
        lines += ["", *_machine(machine, matrix)]
    lines += _differences(matrix)
    lines += ["", *(f"- {for_markdown(note)}" for note in matrix.notes)] if matrix.notes else []
    return "\n".join(lines) + "\n"


def _legend() -> Iterator[str]:
    yield "| sign | state | meaning |"
    yield "|---|---|---|"
    for state in State:
        yield f"| {SYMBOLS[state]} | {WORDS[state]} | {MEANINGS[state]} |"
    yield f"| {NOT_ASKED} | | there is no such way, so nothing is asked |"
    yield ""
    yield DEFINITION


def _machine(machine: Machine, matrix: Matrix) -> list[str]:
    environment, other = machine.environment, machine.elsewhere
    first, last = machine.dates
    lines = [
        f"## {for_markdown(say_environment(environment))}",
        "",
        (
            f"Environment {as_code(environment.fingerprint[:12])}, from "
            f"{for_markdown(', '.join(machine.sources))}; evidence from "
            f"{say_time(first)} to {say_time(last)}."
        ),
        "",
        *([f"{for_markdown(say_elsewhere(other)).capitalize()}.", ""] if other else []),
        "| device | cells | works | known failure | fails | silently wrong | unknown | executed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for table in machine.tables:
        numbers = states_of(table.entries)
        share = "-" if table.device.unavailable else str(share_of([table]))
        counts = " | ".join(str(numbers[state]) for state in State)
        lines.append(f"| {table.device.kind} | {len(table.entries)} | {counts} | {share} |")
    for table in machine.tables:
        lines += ["", *_table(table)]
    if machine.mlx is not None:
        lines += ["", "### mlx", "", MLX_MEANING, ""]
        lines += _beside(machine.mlx.entries, matrix.titles)
    if machine.loaders:
        lines += ["", "### Loaders alone", "", ALONE_MEANING, ""]
        lines += _beside(machine.alone, matrix.titles)
    for table in machine.tables:
        lines += _evidence(table, machine)
    return lines


def _table(table: Table) -> list[str]:
    device = table.device
    lines = [f"### {for_markdown(f'{device.kind} {device.name}'.strip())}", ""]
    if device.unavailable:
        cells = count(len(table.entries), "cell is", "cells are")
        return [*lines, f"{cells} unknown: {for_markdown(device.unavailable)}."]
    families = in_order((e.way.family for e in table.entries), FAMILIES)
    lines += [
        f"| loader | {' | '.join(for_markdown(family) for family in families)} |",
        f"|---|{'---|' * len(families)}",
    ]
    for loader in in_order((e.way.loader for e in table.entries), LOADERS):
        row = [e for e in table.entries if e.way.loader == loader]
        shown = [_cell([e for e in row if e.way.family == family]) for family in families]
        lines.append(f"| {for_markdown(loader)} | {' | '.join(shown)} |")
    return [*lines, *_reasons(table.entries)]


def _cell(entries: Sequence[Entry]) -> str:
    return "<br>".join(f"{SYMBOLS[e.state]} {for_markdown(short(e.way))}" for e in entries) or (
        NOT_ASKED
    )


def _reasons(entries: Sequence[Entry]) -> Iterator[str]:
    shown = (State.SILENT, State.FAILS, State.KNOWN, State.UNKNOWN)
    groups = same_reason(entry for state in shown for entry in entries if entry.state is state)
    for said, found in groups:
        where = "; ".join(map(for_markdown, say_where(found)))
        yield ""
        yield f"{SYMBOLS[found[0].state]} **{for_markdown(said)}**: {where}"
        for note in found[0].notes:
            yield ""
            yield f"{for_markdown(note)}."
        for known in found[0].known:
            sources = ", ".join(f"<{s}>" for s in known.sources if s.startswith("https://"))
            yield ""
            yield f"known as {as_code(known.id)}: {for_markdown(known.remedy)} {sources}".rstrip()


def _beside(entries: Sequence[Entry], titles: Mapping[str, str]) -> Iterator[str]:
    yield f"{counted(states_of(entries))}."
    yield ""
    yield "| | probe | claim | found | when |"
    yield "|---|---|---|---|---|"
    for entry in entries:
        name = " ".join(filter(None, [as_code(entry.way.probe), short(entry.way)]))
        found = for_markdown(say_entry(entry))
        known = "".join(f", known as {as_code(failure.id)}" for failure in entry.known)
        claim = for_markdown(titles.get(entry.way.probe, ""))
        when = say_run(entry)
        yield f"| {SYMBOLS[entry.state]} | {name} | {claim} | {found}{known} | {when} |"


def _evidence(table: Table, machine: Machine) -> Iterator[str]:
    run = [entry for entry in table.entries if entry.result is not None]
    if not run:
        return
    yield ""
    yield f"### Evidence on {table.device.kind}"
    yield ""
    yield f"Under {for_markdown(say_versions(machine.environment))}."
    yield ""
    yield "<details><summary>every cell with what was measured</summary>"
    yield ""
    yield "| cell | state | probe, outcome | measured | when | before |"
    yield "|---|---|---|---|---|---|"
    for entry in run:
        yield _row(entry, table)
    yield ""
    yield "</details>"


def _row(entry: Entry, table: Table) -> str:
    outcome = entry.result.outcome.value if entry.result else "-"
    numbers = ", ".join(f"{name} {value}" for name, value in measured(entry))
    before = "; ".join([*say_earlier(entry), *entry.notes])
    cells = [
        for_markdown(title_of(entry.way, table.device.kind)),
        f"{SYMBOLS[entry.state]} {WORDS[entry.state]}",
        f"{as_code(entry.way.probe)}, {outcome}",
        for_markdown(numbers),
        say_run(entry),
        for_markdown(before),
    ]
    return f"| {' | '.join(cells)} |"


def _differences(matrix: Matrix) -> Iterator[str]:
    found = differences(matrix.machines)
    if not found:
        return
    names = [for_markdown(say_environment(m.environment)) for m in matrix.machines]
    yield from ("", "## Where the machines differ", "")
    yield f"| cell | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(names)}"
    for one in found:
        way = next(entry.way for entry in one.entries if entry is not None)
        states = [f"{SYMBOLS[e.state]} {WORDS[e.state]}" if e else NOT_ASKED for e in one.entries]
        yield f"| {for_markdown(title_of(way, one.device))} | {' | '.join(states)} |"
