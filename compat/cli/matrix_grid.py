"""Lays the cells of a matrix out for a terminal: loaders below each other, families beside."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reports.matrix.declared import FAMILIES, in_order, order_of
from reports.matrix.model import Entry, State
from reports.matrix.words import NOT_ASKED, SYMBOLS, short
from reports.wording import visible

if TYPE_CHECKING:
    from rich.text import Text

COLOURS: Mapping[State, str] = {
    State.WORKS: "green",
    State.KNOWN: "yellow",
    State.FAILS: "red",
    State.SILENT: "bold magenta",
    State.UNKNOWN: "bright_black",
}

_HEADS: Mapping[str, tuple[str, ...]] = {
    "animatediff": ("animate", "diff"),
    "cogvideox": ("cog", "videox"),
    "hunyuan-video": ("hunyuan", "video"),
}
"""Families whose names are broken for a narrow column."""

_INDENT = 2
_GAP = 2


def grid(entries: Sequence[Entry], width: int) -> Iterator["Text"]:
    """The lines of the table, in blocks of as many families as fit into ``width`` columns.

    Where one block takes all families only with loaders on lines of their own, they stand there.
    """
    families = in_order((entry.way.family for entry in entries), FAMILIES)
    rows = _rows(entries)
    loader = max(len(name) for name, _ in rows) + _GAP
    label = max(len(text) for _, text in rows) + _GAP
    wide = loader + label + sum(map(_column, families)) <= width
    room = width - label - (loader if wide else _INDENT)
    cells = {(e.way.family, e.way.loader, short(e.way)): e for e in entries}
    for number, block in enumerate(_blocks(families, room)):
        if number:
            yield _text("")
        yield from _block(block, rows, cells, label=label, loader=loader if wide else 0)


def mark(entry: Entry | None) -> "Text":
    """The sign of a cell in its colour."""
    if entry is None:
        return _text(NOT_ASKED, "bright_black")
    return _text(SYMBOLS[entry.state], COLOURS[entry.state])


def _rows(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Loader and short name of each row, in the order of the matrix."""
    ways = sorted((entry.way for entry in entries), key=lambda way: order_of(way)[1:4])
    return list(dict.fromkeys((way.loader, short(way)) for way in ways))


def _head(family: str) -> tuple[str, ...]:
    return _HEADS.get(family, (visible(family),))


def _column(family: str) -> int:
    return max(map(len, _head(family))) + _GAP


def _blocks(families: Sequence[str], room: int) -> Iterator[list[str]]:
    block: list[str] = []
    for family in families:
        if block and sum(map(_column, [*block, family])) > room:
            yield block
            block = []
        block.append(family)
    yield block


def _block(
    families: Sequence[str],
    rows: Sequence[tuple[str, str]],
    cells: Mapping[tuple[str, str, str], Entry],
    *,
    label: int,
    loader: int,
) -> Iterator["Text"]:
    left = loader or _INDENT
    for line in range(max(len(_head(family)) for family in families)):
        yield _heading(families, line, left + label)
    before = ""
    for name, short_name in rows:
        new = name != before
        before = name
        if new and not loader:
            yield _text(visible(name))
        row = _text(visible(name) if new and loader else "")
        row.pad_right(left - len(row))
        row.append(short_name.ljust(label), style="bright_black")
        for family in families:
            _centred(row, mark(cells.get((family, name, short_name))), _column(family))
        row.rstrip()
        yield row


def _heading(families: Sequence[str], line: int, left: int) -> "Text":
    """One line of the head; names of one line stand on the last."""
    lines = max(len(_head(family)) for family in families)
    text = _text(" " * left)
    for family in families:
        words = _head(family)
        at = line - (lines - len(words))
        _centred(text, _text(words[at] if at >= 0 else "", "bold"), _column(family))
    text.rstrip()
    return text


def _centred(line: "Text", part: "Text", width: int) -> None:
    room = width - _GAP - len(part)
    line.append(" " * (room // 2))
    line.append_text(part)
    line.append(" " * (room - room // 2 + _GAP))


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(text, style=style)
