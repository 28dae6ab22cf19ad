"""The nouns of the knowledge base: known failures, working solutions, and when they apply."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Retry(StrEnum):
    """Whether trying again is worth the time."""

    NEVER = "never"
    AFTER_FIX = "after-fix"
    AS_IS = "as-is"


class Expect(StrEnum):
    """What a listed probe does where the failure applies.

    MAYBE means the affected versions are not known well enough to call a pass surprising.
    """

    FAIL = "fail"
    ERROR = "error"
    MAYBE = "maybe"


class Evidence(StrEnum):
    """How we know: measured by us, reported by others with a source, or inferred from source."""

    MEASURED = "measured"
    REPORTED = "reported"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Where a failure applies; an empty field means "everywhere".

    ``devices`` are device kinds, ``dtypes`` torch names, ``os`` names with an optional version
    range ("macOS >=15,<16"), ``packages`` maps a distribution to a version range (">=2.5,<2.6").
    ``models``, ``loaders`` and ``quantisations`` are those of a render probe's cells.
    """

    devices: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    quantisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailure:
    """One way in which things go wrong, with what to do about it.

    ``probes`` are ids of probes that show it and ``rules`` ids of findings that report it;
    ``patterns`` match its error text. ``first_seen`` and ``last_confirmed`` are dates, as exact as
    they are known.
    """

    id: str
    title: str
    cause: str
    remedy: str
    retry: Retry
    sources: tuple[str, ...]
    evidence: Evidence
    patterns: tuple[re.Pattern[str], ...] = ()
    examples: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    when: When = When()
    expect: Expect = Expect.FAIL
    first_seen: str = ""
    last_confirmed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A setup that works, step by step.

    ``families`` and ``devices`` say what it is for (empty: any), ``solves`` names known failures,
    ``confirmed_by`` the probes whose pass on a machine is evidence that it works there.
    """

    id: str
    title: str
    problem: str
    steps: tuple[str, ...]
    sources: tuple[str, ...]
    evidence: Evidence
    families: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    solves: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()
