"""On which line of a TOML text each key stands; ``tomllib`` does not say."""

import re
from collections.abc import Iterator, Mapping

_LONG_QUOTES = ('"' * 3, "'" * 3)
_TOKEN = re.compile(
    "|".join((*_LONG_QUOTES, r'"(?:\\.|[^"\\\n])*"', r"'[^'\n]*'", "#.*", r"[\[\]{}]"))
)
_LONG_ENDS = {
    _LONG_QUOTES[0]: re.compile(r'(?:\\.|[^\\])*?"""'),
    _LONG_QUOTES[1]: re.compile(r".*?'''"),
}
_HEADER = re.compile(r"(\[\[?)([^\[\]]+)\]")
# No two parts of this pattern match the same character, or a line of blanks would take hours.
_KEY = re.compile(r"""((?:[A-Za-z0-9_.\- \t]|"[^"]*"|'[^']*')+)=""")


def key_lines(text: str) -> dict[str, int]:
    """Return the line, counted from 1, of every table and key, by its dotted key.

    Tables of an array are counted: ``prompts[0]``, ``prompts[1].text``. Keys inside inline tables
    are not listed; :func:`line_of` gives them the line of the key that holds them.
    """
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, statement in _statements(text):
        if header := _HEADER.match(statement):
            table = _plain(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, number)
                table = f"{table}[{counts[table]}]"
            lines.setdefault(table, number)
        elif key := _KEY.match(statement):
            lines.setdefault(f"{table}.{_plain(key[1])}" if table else _plain(key[1]), number)
    return lines


def line_of(key: str, lines: Mapping[str, int]) -> int | None:
    """The line of ``key``, else of the nearest table or key that holds it; None where none is."""
    while key and key not in lines:
        key = re.sub(r"(^|\.)[^.\[\]]*$|\[\d+\]$", "", key)
    return lines.get(key)


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Every line that begins a statement: not inside a long string, array or inline table."""
    quote, depth = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not quote and depth == 0:
            yield number, line.strip()
        quote, depth = _after(line, quote, depth)


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The open long quote and the depth of brackets after ``line``."""
    position = 0
    while position < len(line):
        if quote:
            position = _end_of_quote(line, quote, position)
            if position < 0:
                return quote, depth
            quote = ""
            continue
        token = _TOKEN.search(line, position)
        if token is None:
            break
        position = token.end()
        if token[0] in _LONG_QUOTES:
            quote = token[0]
        depth += (token[0] in "[{") - (token[0] in "]}")
    return quote, max(0, depth)


def _end_of_quote(line: str, quote: str, position: int) -> int:
    """Where the long string ends on this line, -1 where it goes on."""
    end = _LONG_ENDS[quote].match(line, position)
    return end.end() if end else -1
