"""Writes matrix.html: one file that loads nothing; a cell opens its evidence when it is clicked."""

from collections.abc import Iterator, Sequence
from importlib import resources

from reports.matrix.counts import DEFINITION, Difference, differences, share_of, states_of
from reports.matrix.model import Entry, Machine, Matrix, State, Table
from reports.matrix.page_cells import card, chip, legend, mark
from reports.matrix.page_table import grid, reasons
from reports.matrix.words import ALONE_MEANING, MLX_MEANING, WORDS, say_elsewhere, title_of
from reports.wording import count, for_html, say_environment, say_time

# Nothing is loaded and nothing runs, even if hostile text should ever slip through the escaping.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_matrix_page(matrix: Matrix) -> str:
    """Return the whole page; the same evidence gives the same bytes."""
    style = resources.files("reports.matrix").joinpath("matrix.css").read_text("utf-8")
    numbers = {id(entry): number for number, entry in enumerate(matrix.entries)}
    body = [
        _head(),
        _overview(matrix),
        *(_machine(*numbered, matrix, numbers) for numbered in enumerate(matrix.machines)),
        _differences(matrix),
        "".join(f'<p class="small soft">{for_html(note)}</p>' for note in matrix.notes),
        f"<footer><p>{for_html(DEFINITION)}</p></footer>",
        _cards(matrix, numbers),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>framegate matrix</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _head() -> str:
    return (
        "<header><h1>Which model runs with which loader on which device</h1>"
        '<p class="soft">Made by <code>framegate matrix</code> from evidence, never typed: each '
        "cell is a tiny model of the real classes that was loaded, rendered and compared. Click a "
        f"cell for its evidence.</p>{legend()}</header>"
    )


def _overview(matrix: Matrix) -> str:
    """Where there are several machines: each with its usable devices in one line."""
    if len(matrix.machines) < 2:
        return ""
    rows = "".join(
        f'<tr><td><a href="#m{number}">{for_html(say_environment(machine.environment))}</a></td>'
        f"<td>{for_html(table.device.kind)}</td><td>{_bar(table.entries)}</td></tr>"
        for number, machine in enumerate(matrix.machines)
        for table in machine.tables
        if not table.device.unavailable
    )
    return (
        '<main><div class="panel"><table class="overview"><tbody>'
        f"{rows}</tbody></table></div></main>"
    )


def _machine(number: int, machine: Machine, matrix: Matrix, numbers: dict[int, int]) -> str:
    environment = machine.environment
    usable = [table for table in machine.tables if not table.device.unavailable]
    parts = [
        f'<h2 id="m{number}">{for_html(say_environment(environment))}</h2>',
        _from(machine),
        *(_table(table, numbers) for table in usable),
        *(_absent(table) for table in machine.tables if table.device.unavailable),
    ]
    if machine.mlx is not None:
        about = "MLX: loading and blocks, no renders"
        parts.append(_beside(about, MLX_MEANING, machine.mlx.entries, matrix, numbers))
    if machine.loaders:
        parts.append(_beside("Loaders alone", ALONE_MEANING, machine.alone, matrix, numbers))
    return "<main>" + "\n".join(parts) + "</main>"


def _from(machine: Machine) -> str:
    first, last = machine.dates
    other = for_html(say_elsewhere(machine.elsewhere)) if machine.elsewhere else ""
    return (
        '<p class="small soft wide">environment '
        f"<code>{for_html(machine.environment.fingerprint[:12])}</code>, from "
        f"{for_html(', '.join(machine.sources))}; evidence from {say_time(first)} to "
        f"{say_time(last)}</p>" + (f'<p class="small soft wide">{other}</p>' if other else "")
    )


def _table(table: Table, numbers: dict[int, int]) -> str:
    device, share = table.device, share_of([table])
    name = f" <span class='soft'>{for_html(device.name)}</span>" if device.name else ""
    return (
        f"<section><h3>{for_html(device.kind)}{name}</h3>{_bar(table.entries)}"
        f'<p class="share"><b>{for_html(share)}</b> come from an executed render</p>'
        f"{grid(table.entries, device.kind, numbers)}{reasons(table.entries)}</section>"
    )


def _bar(entries: Sequence[Entry]) -> str:
    """The states as one bar, each part as wide as it is frequent, its number and word inside."""
    states = states_of(entries)
    parts = "".join(
        f'<span class="{state.value}" style="flex-grow: {number}">{mark(state)} {number} '
        f"{WORDS[state]}</span>"
        for state, number in states.items()
        if number
    )
    return f'<div class="bar">{parts}</div>'


def _absent(table: Table) -> str:
    cells = count(len(table.entries), "cell is", "cells are")
    return (
        f'<section class="absent"><h3>{for_html(table.device.kind)}</h3>'
        f"<p>{mark(State.UNKNOWN)} {cells} unknown: {for_html(table.device.unavailable)}</p>"
        "</section>"
    )


def _beside(
    heading: str, meaning: str, entries: Sequence[Entry], matrix: Matrix, numbers: dict[int, int]
) -> str:
    rows = "".join(
        f"<tr><td>{chip(entry, '', numbers, WORDS[entry.state])}</td>"
        f"<td>{for_html(matrix.titles.get(entry.way.probe, entry.way.probe))} "
        f"<code>{for_html(' '.join(filter(None, [entry.way.dtype, entry.way.quantisation])))}"
        f"</code></td><td>{for_html(entry.sentence)}</td></tr>"
        for entry in entries
    )
    return (
        f'<section><h3>{for_html(heading)}</h3><p class="small soft">{for_html(meaning)}</p>'
        f"{_bar(entries)}"
        f'<div class="panel"><table class="list"><tbody>{rows}</tbody></table></div></section>'
    )


def _differences(matrix: Matrix) -> str:
    found = differences(matrix.machines)
    if not found:
        return ""
    heads = "".join(
        f"<th>{for_html(say_environment(machine.environment))}</th>" for machine in matrix.machines
    )
    rows = "".join(_difference(one) for one in found)
    return (
        "<main><section><h2>Where the machines differ</h2>"
        f'<div class="panel"><table class="list"><thead><tr><th>cell</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section></main>"
    )


def _difference(one: Difference) -> str:
    way = next(entry.way for entry in one.entries if entry is not None)
    cells = "".join(
        f"<td>{mark(entry.state)} {WORDS[entry.state]}</td>" if entry else "<td>not asked</td>"
        for entry in one.entries
    )
    return f"<tr><th>{for_html(title_of(way, one.device))}</th>{cells}</tr>"


def _cards(matrix: Matrix, numbers: dict[int, int]) -> str:
    return "\n".join(_each_card(matrix, numbers))


def _each_card(matrix: Matrix, numbers: dict[int, int]) -> Iterator[str]:
    for machine in matrix.machines:
        for table in machine.tables:
            if not table.device.unavailable:
                for entry in table.entries:
                    yield card(entry, table.device.kind, numbers)
        for entry in machine.beside:
            device = entry.result.target.device if entry.result else "this machine"
            yield card(entry, device, numbers)
