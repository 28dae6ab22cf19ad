"""Loads the entries that ship with framegate, one TOML file each."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from typing import TypeVar

from compat.core.versions import parse_range
from compat.knowledge.fields import Fields, KnowledgeError
from compat.knowledge.model import Evidence, Expect, KnownFailure, Retry, Solution, When

Entry = TypeVar("Entry", KnownFailure, Solution)

_DEVICES = ("cpu", "cuda", "rocm", "mps", "mlx")
_OS = re.compile(r"(linux|macos|windows)\s*(.*)", re.IGNORECASE)


@functools.cache
def known_failures() -> tuple[KnownFailure, ...]:
    """Return every known failure, sorted by id; :class:`KnowledgeError` where a file is wrong."""
    return tuple(_entries("failures", read_failure))


@functools.cache
def solutions() -> tuple[Solution, ...]:
    """Return every working solution, sorted by id; :class:`KnowledgeError` for a wrong file."""
    return tuple(_entries("solutions", read_solution))


def _entries(folder: str, read: Callable[[str, str], Entry]) -> Iterator[Entry]:
    files = resources.files("compat.knowledge").joinpath(folder).iterdir()
    for file in sorted((f for f in files if f.name.endswith(".toml")), key=lambda f: f.name):
        yield read(file.name, file.read_text("utf-8"))


def read_failure(file: str, text: str) -> KnownFailure:
    """Build a known failure from the TOML in ``text``; ``file`` is its name, for messages."""
    fields = Fields(file, text)
    failure = KnownFailure(
        id=_identifier(fields),
        title=fields.text("title"),
        cause=fields.text("cause"),
        remedy=fields.text("remedy"),
        retry=fields.word("retry", Retry),
        sources=fields.texts("sources"),
        evidence=fields.word("evidence", Evidence),
        patterns=_patterns(fields),
        examples=fields.texts("example", required=False, fold=False),
        probes=fields.texts("probes", required=False),
        rules=fields.texts("rules", required=False),
        when=fields.table("when", _when, When()),
        expect=fields.word("expect", Expect, Expect.FAIL),
        first_seen=fields.date("first_seen"),
        last_confirmed=fields.date("last_confirmed"),
    )
    _check_recognisable(fields, failure)
    fields.finish()
    return failure


def read_solution(file: str, text: str) -> Solution:
    """Build a working solution from the TOML in ``text``; ``file`` is its name, for messages."""
    fields = Fields(file, text)
    nowhere: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    families, devices = fields.table("applies", _applies, nowhere)
    solution = Solution(
        id=_identifier(fields),
        title=fields.text("title"),
        problem=fields.text("problem"),
        steps=fields.texts("steps"),
        sources=fields.texts("sources"),
        evidence=fields.word("evidence", Evidence),
        families=families,
        devices=devices,
        solves=fields.texts("solves", required=False),
        confirmed_by=fields.texts("confirmed_by", required=False),
    )
    fields.finish()
    return solution


def _identifier(fields: Fields) -> str:
    identifier = fields.text("id")
    wanted = fields.file.removesuffix(".toml").replace("_", "-")
    if identifier and identifier != wanted:
        fields.complain("id", f"found '{identifier}', expected '{wanted}' after the file's name")
    return identifier


def _patterns(fields: Fields) -> tuple[re.Pattern[str], ...]:
    compiled = []
    for text in fields.texts("patterns", required=False, fold=False):
        # An unbounded wildcard takes quadratic time on a hostile line; .{0,200} does as well.
        if re.search(r"(?<!\\)\.[*+]|\\[SDW][*+]|\)[*+]", text):
            fields.complain("patterns", f"'{text}' repeats without a limit; write {{0,200}}")
            continue
        try:
            compiled.append(re.compile(text, re.IGNORECASE))
        except re.error as error:
            fields.complain("patterns", f"'{text}' is not a regular expression: {error}")
    return tuple(compiled)


def _check_recognisable(fields: Fields, failure: KnownFailure) -> None:
    if not (failure.patterns or failure.probes or failure.rules):
        fields.complain("patterns", "found nothing, expected patterns, probes or rules")
    for example in failure.examples:
        if not any(pattern.search(example) for pattern in failure.patterns):
            fields.complain("example", f"no pattern of this entry matches '{example[:80]}'")
    for pattern in failure.patterns:
        if not any(pattern.search(example) for example in failure.examples):
            fields.complain("patterns", f"no example of this entry shows '{pattern.pattern}'")


def _when(fields: Fields) -> When:
    packages = fields.mapping("packages")
    systems = fields.texts("os", required=False)
    for package, wanted in packages.items():
        _check_range(fields, f"packages.{package}", wanted)
    for system in systems:
        match = _OS.fullmatch(system)
        if match is None:
            fields.complain("os", f"found '{system}', expected Linux, macOS or Windows first")
        elif match.group(2):
            _check_range(fields, "os", match.group(2))
    return When(
        devices=_devices(fields),
        dtypes=fields.texts("dtypes", required=False),
        os=systems,
        packages=packages,
        models=fields.texts("models", required=False),
        loaders=fields.texts("loaders", required=False),
        quantisations=fields.texts("quantisations", required=False),
    )


def _check_range(fields: Fields, key: str, text: str) -> None:
    try:
        parse_range(text)
    except ValueError as error:
        fields.complain(key, str(error))


def _devices(fields: Fields) -> tuple[str, ...]:
    devices = fields.texts("devices", required=False)
    for device in devices:
        if device not in _DEVICES:
            fields.complain("devices", f"found '{device}', expected one of {', '.join(_DEVICES)}")
    return devices


def _applies(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return fields.texts("families", required=False), _devices(fields)


def overlaps(failures: Iterable[KnownFailure]) -> list[str]:
    """Say which entry's example another entry would claim; empty for a sound knowledge base."""
    known = tuple(failures)
    return [
        f"the example of {owner.id} is also matched by {other.id}: {example}"
        for owner in known
        for example in owner.examples
        for other in known
        if other is not owner and any(pattern.search(example) for pattern in other.patterns)
    ]


__all__ = [
    "KnowledgeError",
    "known_failures",
    "overlaps",
    "read_failure",
    "read_solution",
    "solutions",
]
