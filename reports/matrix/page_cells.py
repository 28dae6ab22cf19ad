"""The small pieces of the page: the sign of a state, a cell to click on, its card of evidence."""

from collections.abc import Iterator, Mapping

from compat.knowledge.model import KnownFailure
from reports.matrix.model import Entry, State
from reports.matrix.words import (
    MEANINGS,
    NOT_ASKED,
    SYMBOLS,
    WORDS,
    measured,
    say_earlier,
    say_entry,
    say_run,
    say_versions,
    title_of,
)
from reports.page_parts import facts, quoted
from reports.wording import for_html

MOST_FINDINGS = 12
"""Findings that a card shows; the store keeps all."""

Numbers = Mapping[int, int]
"""The running number of each entry, by its identity; the anchors of the page."""


def legend() -> str:
    """Every state with its sign, its word and what it means."""
    items = "".join(
        f'<li><span class="chip {state.value}">{SYMBOLS[state]} {WORDS[state]}</span> '
        f"{for_html(MEANINGS[state])}</li>"
        for state in State
    )
    return (
        f'<ul class="legend">{items}<li><span class="none">{NOT_ASKED}</span> there is no such '
        "way, so nothing is asked</li></ul>"
    )


def mark(state: State) -> str:
    """The sign of a state; its word stands beside it wherever it is used."""
    return f'<span class="mark {state.value}" aria-hidden="true">{SYMBOLS[state]}</span>'


def chip(entry: Entry, device: str, numbers: Numbers, label: str) -> str:
    """One cell: sign and label, its sentence on hover, its evidence on click."""
    hint = f"{title_of(entry.way, device)}: {say_entry(entry)}" if device else say_entry(entry)
    return (
        f'<button type="button" class="chip {entry.state.value}" '
        f'popovertarget="e{numbers[id(entry)]}" title="{for_html(hint)}">'
        f"{SYMBOLS[entry.state]} {for_html(label)}</button>"
    )


def card(entry: Entry, device: str, numbers: Numbers) -> str:
    """The evidence behind one cell; hidden until its cell is clicked."""
    result = entry.result
    findings = result.findings[:MOST_FINDINGS] if result else ()
    numbers_said = "<br>".join(
        f"{for_html(name)} <b>{for_html(value)}</b>" for name, value in measured(entry)
    )
    fingerprint = for_html(entry.environment.fingerprint[:12])
    pairs = [
        ("probe", f"<code>{for_html(entry.way.probe)}</code>"),
        ("outcome", for_html(result.outcome.value) if result else ""),
        ("found", quoted(f"{f.rule}: {f.message}" for f in findings)),
        ("what to do", quoted(f.remedy for f in findings)),
        ("known as", "<br>".join(_known(entry))),
        ("measured", numbers_said),
        ("last words", for_html(result.crash.log_tail) if result and result.crash else ""),
        ("note", quoted(entry.notes)),
        ("before", quoted(say_earlier(entry))),
        ("when", for_html(say_run(entry))),
        ("software", for_html(say_versions(entry.environment)) if result else ""),
        ("environment", f"<code>{fingerprint}</code>" if result else ""),
    ]
    return (
        f'<article class="card" popover id="e{numbers[id(entry)]}">'
        f"<h4>{for_html(title_of(entry.way, device))}</h4>"
        f'<p><span class="chip {entry.state.value}">{SYMBOLS[entry.state]} '
        f"{WORDS[entry.state]}</span> {for_html(entry.sentence or MEANINGS[entry.state])}</p>"
        f"{facts(pairs)}</article>"
    )


def _known(entry: Entry) -> Iterator[str]:
    for failure in entry.known:
        yield (
            f"<code>{for_html(failure.id)}</code> {for_html(failure.title)}. "
            f"{for_html(failure.remedy)} {links(failure)}"
        )


def links(failure: KnownFailure) -> str:
    """The sources of an entry of the knowledge base that can be opened."""
    found = [source for source in failure.sources if source.startswith("https://")]
    return " ".join(f'<a href="{for_html(url)}">source</a>' for url in found)
