"""The small pieces that the sections of the page are built from."""

from collections.abc import Iterable, Mapping, Sequence

from reports.wording import for_html

# Which colour a word gets; the word itself always stands there too.
TONES: Mapping[str, str] = {
    **dict.fromkeys(("ok", "pass", "open", "finished", "good"), "good"),
    **dict.fromkeys(("new", "fail", "shut", "stopped", "garbage"), "bad"),
    **dict.fromkeys(("known", "stale", "suspect", "error", "interrupted"), "warn"),
}


def tone(word: str) -> str:
    """Return the CSS class for a verdict, outcome or state; grey for what is not decided."""
    return f"is-{TONES.get(word, 'open')}"


def word(text: str, title: str = "") -> str:
    """Return a coloured word."""
    hint = f' title="{for_html(title)}"' if title else ""
    return f'<span class="word {tone(text)}"{hint}>{for_html(text)}</span>'


def tile(number: int, text: str, key: str) -> str:
    """Return one number with its meaning."""
    none = "" if number else " none"
    return f'<div class="tile {tone(key)}{none}"><b>{number}</b><span>{for_html(text)}</span></div>'


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: frozenset[int] = frozenset(),
) -> str:
    """Return a table of ready-made cells; ``numbers`` are the columns to align right."""

    def cell(tag: str, index: int, content: str) -> str:
        named = ' class="number"' if index in numbers else ""
        return f"<{tag}{named}>{content}</{tag}>"

    head = "".join(cell("th", n, for_html(text)) for n, text in enumerate(headings))
    body = "\n".join(
        "<tr>" + "".join(cell("td", n, text) for n, text in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="panel"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and ready-made contents; empty contents are left out."""
    inner = "".join(f"<dt>{for_html(name)}</dt><dd>{text}</dd>" for name, text in pairs if text)
    return f"<dl>{inner}</dl>" if inner else ""


def quoted(sentences: Iterable[str]) -> str:
    """Return sentences as a list, word for word."""
    items = "".join(f'<li class="said">{for_html(text)}</li>' for text in sentences if text)
    return f'<ul class="plain">{items}</ul>' if items else ""
