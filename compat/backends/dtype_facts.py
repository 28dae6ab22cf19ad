"""Answers from recorded facts whether a device or a reader takes a dtype, and how that is known."""

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from compat.core.versions import parse_range, satisfies


class Answer(StrEnum):
    """What happens.

    NO is an error; RAW gives stored codes in place of values, MISSING leaves the tensor out, both
    in silence. DEPENDS: the facts differ by a version or card that was not given. UNKNOWN: there
    is no fact.
    """

    YES = "yes"
    NO = "no"
    RAW = "raw"
    MISSING = "missing"
    SLOW = "slow"
    DEPENDS = "depends"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that is known of one device or reader; see facts/dtypes.toml for the words.

    ``versions`` is a range for ``package``, empty for all that were looked at. ``capability`` is
    the least CUDA compute capability for a YES, None where it plays no part; ``archs`` are the AMD
    instruction sets with a YES, none where they play no part.
    """

    who: str
    what: str
    dtypes: tuple[str, ...]
    answer: Answer
    source: str
    checked: str
    package: str = ""
    versions: str = ""
    capability: float | None = None
    archs: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The answer to one question and the facts it rests on (several only for DEPENDS)."""

    answer: Answer
    facts: tuple[Fact, ...] = ()

    @property
    def error(self) -> str:
        """The error text that will be seen, where one is known."""
        return next((fact.error for fact in self.facts if fact.error), "")

    @property
    def source(self) -> str:
        """Where the answer comes from."""
        return "; ".join(fact.source for fact in self.facts)


@functools.cache
def dtype_facts() -> tuple[Fact, ...]:
    """Every recorded fact; ``ValueError`` where the file holds one that cannot be read."""
    text = resources.files("compat.backends.facts").joinpath("dtypes.toml").read_text("utf-8")
    return tuple(_fact(entry) for entry in tomllib.loads(text)["fact"])


def _fact(entry: Mapping[str, Any]) -> Fact:
    if entry.get("versions"):
        parse_range(entry["versions"])
    return Fact(**{
        **entry,
        "dtypes": tuple(entry["dtypes"]),
        "answer": Answer(entry["answer"]),
        "archs": tuple(entry.get("archs", ())),
    })  # fmt: skip


def takes(
    who: str,
    dtype: str,
    *,
    what: str,
    versions: Mapping[str, str] | None = None,
    capability: float | None = None,
    arch: str = "",
    facts: Iterable[Fact] | None = None,
) -> Known:
    """Whether ``who`` does ``what`` with ``dtype``.

    ``versions`` maps package names to the installed versions, ``capability`` is the card's compute
    capability, ``arch`` its AMD instruction set; what is not given and matters makes the answer
    DEPENDS. ``facts`` replaces the recorded ones.
    """
    all_facts = dtype_facts() if facts is None else facts
    given = versions or {}
    fitting = [
        fact
        for fact in all_facts
        if (fact.who, fact.what) == (who, what)
        and dtype in fact.dtypes
        and _may_hold(fact, given) is not False
    ]
    answers = {_answer(fact, capability, arch) for fact in fitting}
    if not answers:
        return Known(answer=Answer.UNKNOWN)
    answer = answers.pop() if len(answers) == 1 else Answer.DEPENDS
    return Known(answer=answer, facts=tuple(fitting))


def _may_hold(fact: Fact, versions: Mapping[str, str]) -> bool | None:
    """Whether the installed version is in the fact's range; None where it is not known."""
    if not fact.versions:
        return True
    installed = versions.get(fact.package, "")
    return satisfies(installed, fact.versions) if installed else None


def _answer(fact: Fact, capability: float | None, arch: str) -> Answer:
    if fact.archs:
        if not arch:
            return Answer.DEPENDS
        return fact.answer if arch in fact.archs else Answer.NO
    if fact.capability is None:
        return fact.answer
    if capability is None:
        return Answer.DEPENDS
    return fact.answer if capability >= fact.capability else Answer.NO
