"""The texts of the taxonomy: one TOML file per family below ``entries/``, one table per kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compat.knowledge.fields import Fields
from tools.taxonomy.kinds import FAMILIES, KINDS

FOLDER = Path(__file__).parent / "entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is written about a kind by hand; verdicts are measured and never stand here.

    ``expect`` is an order as ``framegate judge --expect`` reads it. ``questions`` are rule ids of
    the preflight that see the fault before a long render, ``known`` ids of the knowledge base,
    ``threads`` public issues as ``owner/repository#number``. ``picture`` picks the case that the
    picture shows, ``in_time`` lays its frames out in order.
    """

    title: str
    sees: str
    cause: str
    remedy: str
    expect: str
    questions: tuple[str, ...]
    known: tuple[str, ...]
    threads: tuple[str, ...]
    picture: int
    in_time: bool


def entries() -> Mapping[str, Entry]:
    """Return every entry by kind, families in the order of the page; KnowledgeError if wrong."""
    found: dict[str, Entry] = {}
    for family in FAMILIES:
        path = FOLDER / f"{family}.toml"
        fields = Fields(path.name, path.read_text("utf-8"))
        for name in [kind.name for kind in KINDS.values() if kind.family == family]:
            entry = fields.table(name, _entry, None)
            if entry is not None:
                found[name] = entry
        fields.finish()
    return found


def _entry(fields: Fields) -> Entry | None:
    return Entry(
        title=fields.text("title"), sees=fields.text("sees"), cause=fields.text("cause"),
        remedy=fields.text("remedy"), expect=fields.text("expect", required=False),
        questions=fields.texts("questions", required=False),
        known=fields.texts("known", required=False),
        threads=fields.texts("threads", required=False),
        picture=int(fields.text("picture", required=False) or 0),
        in_time=fields.text("in_time", required=False) == "yes",
    )  # fmt: skip
