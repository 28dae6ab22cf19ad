"""Recorded faults of devices: at which shapes and versions an operation goes wrong, and how."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from compat.core.versions import parse_range


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBug:
    """One fault; see facts/silent_bugs.toml for the words.

    ``ends`` is silent, fails, slow or unknown. An empty range or tuple stands for all that were
    looked at.
    """

    id: str
    device: str
    ops: tuple[str, ...]
    measure: str
    above: int
    says: str
    remedy: str
    source: str
    checked: str
    ends: str = "silent"
    error: str = ""
    severity: str = ""
    torch: str = ""
    macos: str = ""
    capability: str = ""
    archs: tuple[str, ...] = ()
    chips: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Operations that a device without a kernel runs on the CPU by itself, with a warning."""

    device: str
    ops: tuple[str, ...]
    source: str
    torch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BugBook:
    """Everything in facts/silent_bugs.toml."""

    bugs: tuple[KnownBug, ...] = field(default=())
    fallbacks: tuple[Fallback, ...] = field(default=())


@functools.cache
def bug_book() -> BugBook:
    """The shipped faults; ``ValueError`` where the file holds one that cannot be read."""
    home = resources.files("compat.backends.facts")
    data = tomllib.loads(home.joinpath("silent_bugs.toml").read_text("utf-8"))
    return BugBook(
        bugs=tuple(KnownBug(**_entry(entry)) for entry in data["bug"]),
        fallbacks=tuple(Fallback(**_entry(entry)) for entry in data["fallback"]),
    )


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    for key in ("torch", "macos", "capability"):
        if entry.get(key):
            parse_range(entry[key])
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
