"""Which cards the published wheels of torch hold kernels for."""

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

from compat.core.versions import parse_range, satisfies


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One wheel; see facts/builds.toml for the words."""

    kind: str
    torch: str
    name: str
    cards: tuple[str, ...]
    source: str
    checked: str
    newer: bool = False
    default: bool = False

    def has(self, card: str) -> bool:
        """Whether this wheel runs on ``card``, a compute capability or an instruction set."""
        if self.kind == "rocm":
            return card in self.cards
        major, minor = _numbers(card)
        known = [_numbers(one) for one in self.cards]
        own = any(a == major and b <= minor for a, b in known)
        return own or (self.newer and (major, minor) > max(known))


def _numbers(capability: str) -> tuple[int, int]:
    major, _, minor = capability.partition(".")
    return int(major), int(minor)


def builds_of(kind: str, torch: str) -> tuple[Build, ...]:
    """Wheels that are known of this version, the one that pip takes first; none where none are."""
    found = [
        one
        for one in builds()
        if one.kind == kind and torch and satisfies(torch, one.torch) is True
    ]
    return tuple(sorted(found, key=lambda one: not one.default))


@functools.cache
def builds() -> tuple[Build, ...]:
    """Every recorded wheel; ``ValueError`` where the file holds one that cannot be read."""
    text = resources.files("compat.backends.facts").joinpath("builds.toml").read_text("utf-8")
    entries = tomllib.loads(text)["build"]
    for entry in entries:
        parse_range(entry["torch"])
    return tuple(Build(**{**entry, "cards": tuple(entry["cards"])}) for entry in entries)
