"""How the matrix says things: a symbol and a word per state, short names, whole sentences."""

import re
from collections.abc import Iterable, Mapping, Sequence

from compat.core.model import Environment
from reports.matrix.model import Entry, State, Way
from reports.wording import say_seconds, say_time

SYMBOLS: Mapping[State, str] = {
    State.WORKS: "✓",
    State.KNOWN: "!",
    State.FAILS: "✗",
    State.SILENT: "≠",
    State.UNKNOWN: "?",
}
"""One sign per state, told apart by shape and not by colour; each is one column wide."""

WORDS: Mapping[State, str] = {
    State.WORKS: "works",
    State.KNOWN: "known failure",
    State.FAILS: "fails",
    State.SILENT: "silently wrong",
    State.UNKNOWN: "unknown",
}

MEANINGS: Mapping[State, str] = {
    State.WORKS: "rendered here, and up to rounding the frames are those of the float32 reference",
    State.KNOWN: "fails as the knowledge base says",
    State.FAILS: "the loader or the pipeline raised an error",
    State.SILENT: "no error, and the frames are wrong",
    State.UNKNOWN: "not answered here, with the reason",
}

NOT_ASKED = "·"
"""Stands where no such cell is declared."""

SHORT: Mapping[str, str] = {
    "float32": "f32", "bfloat16": "bf16", "float16": "f16", "float8_e4m3fn": "e4m3",
    "float8_e5m2": "e5m2",
}  # fmt: skip

MLX_MEANING = (
    "MLX has no video pipeline that framegate could render with, so a cell here is not a render. "
    "It means: mlx.core loads every dtype and every quantisation type as it is or refuses it, and "
    "computes arithmetic, quantised layers, one LTX block and one VAE convolution block, held "
    "against known numbers and against torch in float64."
)

ALONE_MEANING = (
    "No model is loaded here. The loader alone is asked: does it give back every dtype and every "
    "quantisation type with the right numbers, and does it refuse damaged files?"
)

_DISTANCE, _LIMIT = " distance", " limit"
"""How the measures of a render end: how far it is from the float32 one, how far it may be."""

MOST_MEASURES = 24
"""Numbers that are shown of one cell."""

_SCRATCH = re.compile(r"[^\s'\"]{0,200}(?:tmp[a-z0-9_]{8}|SCRATCH)[\\/]")
"""A folder of Python's tempfile, which has another name every time."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")

_VERSIONS = ("torch", "diffusers", "transformers", "mlx")
"""Packages whose versions stand with every piece of evidence, where they are there."""


def short(way: Way) -> str:
    """What tells a cell from its neighbours in the same row and column."""
    quantisation = SHORT.get(way.quantisation, way.quantisation)
    return " ".join(filter(None, [quantisation, SHORT.get(way.dtype, way.dtype)]))


def title_of(way: Way, device: str) -> str:
    """Name a cell in full; a probe without a model goes by its id."""
    parts = [way.family or way.probe, way.loader, way.quantisation, way.dtype]
    return f"{', '.join(filter(None, parts))} on {device}"


def say_entry(entry: Entry) -> str:
    """The state with its sentence."""
    word = WORDS[entry.state]
    return f"{word}: {entry.sentence}" if entry.sentence else word


def say_plainly(entry: Entry) -> str:
    """The same without the cell's name and scratch folder: one reason reads alike everywhere."""
    way = entry.way
    kept = f" with {way.quantisation} weights" if way.quantisation else ""
    name = f"{way.family} by {way.loader} in {way.dtype}{kept} "
    said = _SCRATCH.sub("", say_entry(entry))
    return said.replace(name, "", 1) if way.family else said


def say_elsewhere(environment: Environment) -> str:
    """That some cells were run by another interpreter, and by which."""
    return (
        "the cells of a ComfyUI were run by another interpreter of this machine: environment "
        f"{environment.fingerprint[:12]}, {say_versions(environment)}"
    )


def say_versions(environment: Environment) -> str:
    """The versions that a render depends on most."""
    packages = environment.packages
    named = [f"{name} {packages[name]}" for name in _VERSIONS if name in packages]
    return ", ".join(named) or "versions not recorded"


def say_earlier(entry: Entry) -> list[str]:
    """What the cell was before, with the software that made the difference."""
    told = []
    for one in entry.earlier:
        changed = _changed(one.environment, entry.environment)
        under = f" under {changed}" if changed else ""
        told.append(f"was: {WORDS[one.state]}{under}, {say_time(one.at)}")
    return told


def _changed(before: Environment | None, now: Environment) -> str:
    """The packages with other versions than now; the system where only that is another."""
    if before is None:
        return "an environment that was not recorded"
    if before.fingerprint == now.fingerprint:
        return "the same software"
    names = [n for n in before.packages if before.packages[n] != now.packages.get(n)]
    main = [name for name in _VERSIONS if name in names] or sorted(names)[:3]
    changed = [f"{name} {before.packages[name]}" for name in main]
    return ", ".join(changed) or f"{before.os}, Python {before.python}"


def measured(entry: Entry) -> list[tuple[str, str]]:
    """The numbers behind a cell, by name; a distance stands with the limit that it is held to."""
    measures = entry.result.measures if entry.result else {}
    said = {
        name: _number(value)
        for name, value in sorted(measures.items())
        if isinstance(value, str | int | float | bool)
    }
    limits = {
        f"{name.removesuffix(_DISTANCE)}{_LIMIT}" for name in said if name.endswith(_DISTANCE)
    }
    shown = [_held(name, value, said) for name, value in said.items() if name not in limits]
    return shown[:MOST_MEASURES]


def _held(name: str, value: str, said: Mapping[str, str]) -> tuple[str, str]:
    plain = name.removesuffix(_DISTANCE)
    limit = said.get(f"{plain}{_LIMIT}", "") if plain != name else ""
    return (plain, f"{value} of at most {limit}") if limit else (name.replace("_", " "), value)


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def say_run(entry: Entry) -> str:
    """When the cell was run and how long it took; empty where it was not."""
    if entry.result is None:
        return ""
    took = say_seconds(entry.result.seconds)
    return f"{say_time(entry.result.started_at)}, {took}"


def counted(numbers: Mapping[State, int], states: Sequence[State] = tuple(State)) -> str:
    """Numbers with their words, zeros left out."""
    said = [f"{numbers[state]} {WORDS[state]}" for state in states if numbers[state]]
    return ", ".join(said) or "no cells"


def same_reason(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Cells by what is said of them; sentences that differ in numbers alone are one reason.

    The sentence is that of the first cell, and says so where the others have other numbers.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        known = tuple(failure.id for failure in entry.known)
        key = (_NUMBER.sub("#", say_plainly(entry)), known, entry.notes)
        groups.setdefault(key, []).append(entry)
    return [(_of_all(found), found) for found in groups.values()]


def _of_all(entries: Sequence[Entry]) -> str:
    first = say_plainly(entries[0])
    alike = all(say_plainly(entry) == first for entry in entries)
    return first if alike else f"{first} (other numbers in the other cells)"


def say_where(entries: Iterable[Entry]) -> list[str]:
    """The cells of a reason, joined where they can be: ``gguf Q8_0 bf16, Q8_0 f16: ltx, mochi``."""
    rows: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        way = entry.way
        rows.setdefault((way.loader or way.probe, short(way)), []).append(way.family)
    same: dict[tuple[str, str], list[str]] = {}
    for (loader, name), families in rows.items():
        same.setdefault((loader, ", ".join(filter(None, families))), []).append(name)
    joined: dict[str, list[str]] = {}
    for (loader, together), names in same.items():
        joined.setdefault(together, []).append(f"{loader} {', '.join(names)}".strip())
    return [
        f"{'; '.join(where)}: {together}" if together else ", ".join(where)
        for together, where in joined.items()
    ]
