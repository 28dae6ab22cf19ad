"""The table of a device: a row per loader, a column per family, the dtypes inside each cell."""

from collections.abc import Sequence

from reports.matrix.declared import FAMILIES, LOADERS, in_order
from reports.matrix.model import Entry, State
from reports.matrix.page_cells import Numbers, chip, links
from reports.matrix.words import NOT_ASKED, SYMBOLS, same_reason, say_where, short
from reports.wording import count, for_html

_TOLD = (State.SILENT, State.FAILS, State.KNOWN, State.UNKNOWN)
"""The states whose reasons are listed below the table, in this order."""


def grid(entries: Sequence[Entry], device: str, numbers: Numbers) -> str:
    """Return the table."""
    families = in_order((entry.way.family for entry in entries), FAMILIES)
    loaders = in_order((entry.way.loader for entry in entries), LOADERS)
    cells: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        cells.setdefault((entry.way.loader, entry.way.family), []).append(entry)
    head = "".join(f'<th scope="col">{for_html(family)}</th>' for family in families)
    rows = "\n".join(
        f'<tr><th scope="row">{for_html(loader)}</th>'
        + "".join(_cell(cells.get((loader, family), ()), device, numbers) for family in families)
        + "</tr>"
        for loader in loaders
    )
    return (
        f'<div class="panel"><table class="grid"><thead><tr><th>loader</th>{head}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _cell(entries: Sequence[Entry], device: str, numbers: Numbers) -> str:
    if not entries:
        return f'<td class="none" title="there is no such way">{NOT_ASKED}</td>'
    return f"<td>{''.join(chip(e, device, numbers, short(e.way)) for e in entries)}</td>"


def reasons(entries: Sequence[Entry]) -> str:
    """Return what is not a plain success, each reason once, with the cells it holds for."""
    found = [entry for state in _TOLD for entry in entries if entry.state is state]
    groups = same_reason(found)
    if not groups:
        return ""
    items = "".join(_reason(said, group) for said, group in groups)
    return (
        f"<details class='why'><summary>Why: {count(len(groups), 'reason')} behind "
        f"{count(len(found), 'cell')}</summary><ul>{items}</ul></details>"
    )


def _reason(said: str, entries: Sequence[Entry]) -> str:
    first = entries[0]
    where = "<br>".join(map(for_html, say_where(entries)))
    known = "".join(
        f"<br>known as <code>{for_html(k.id)}</code>: {for_html(k.remedy)} {links(k)}"
        for k in first.known
    )
    return (
        f'<li><span class="mark {first.state.value}">{SYMBOLS[first.state]}</span> '
        f'<span class="said">{for_html(said)}</span>{known}'
        f'<br><span class="small soft">{where}</span></li>'
    )
