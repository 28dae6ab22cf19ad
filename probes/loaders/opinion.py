"""Holds what a loader calls a file against what framegate calls it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compat.core.model import Finding, Place, Session, Severity
from compat.formats.wording import quoted
from probes.loaders.file_question import FileQuestion
from probes.loaders.loader_names import FOREIGN, LoaderName, covers, meanings

UNKNOWN = "unknown"
BY_FAMILY = ("vae", "audio-vae", "vocoder", "upscaler", "control", "lora")
"""Roles of which loaders name the family only: diffusers calls every Wan VAE "wan-t2v-14B"."""

UPDATE = "update the loader, or take the class and config by hand; do not let it choose by itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one loader says: ``said`` is its own word, empty where it does not know the file.

    ``details`` are values of its own configuration, ``known`` the names framegate has a mapping
    for, ``silence`` what the loader itself says of a file it does not know.
    """

    loader: str
    version: str
    said: str
    known: Mapping[str, tuple[LoaderName, ...]]
    details: Mapping[str, object] = field(default_factory=dict)
    silence: str = ""

    def __str__(self) -> str:
        """Loader and version, as sentences name them."""
        return f"{self.loader} {self.version}"


def judged(session: Session, question: FileQuestion, opinion: Opinion) -> Iterator[Finding]:
    """Record the opinion and yield a finding where it is not framegate's."""
    names = _names(opinion)
    agrees = _agrees(question, opinion, names)
    session.measure("loader", opinion.loader)
    session.measure("version", opinion.version)
    session.measure("said", quoted(opinion.said) if opinion.said else "")
    session.measure("means", sorted({name.family for name in names or ()}))
    session.measure("details", {key: _plain(value) for key, value in opinion.details.items()})
    session.measure("agrees", agrees)
    if agrees is not True:
        yield _finding(question, opinion, names)


def _names(opinion: Opinion) -> tuple[LoaderName, ...] | None:
    if not opinion.said or opinion.said in FOREIGN:
        return ()
    return meanings(opinion.known, opinion.said, opinion.details)


def _agrees(
    question: FileQuestion, opinion: Opinion, names: tuple[LoaderName, ...] | None
) -> bool | None:
    """None where the two answers cannot be compared."""
    if not opinion.said:
        return question.id == UNKNOWN
    if names is None or (opinion.said in FOREIGN and question.id == UNKNOWN):
        return None
    by_family = question.role in BY_FAMILY
    return covers(names, question.id, question.family, by_family=by_family)


def _finding(
    question: FileQuestion, opinion: Opinion, names: tuple[LoaderName, ...] | None
) -> Finding:
    if not opinion.said:
        return _silent(question, opinion)
    if names is None or (opinion.said in FOREIGN and question.id == UNKNOWN):
        return _unmapped(question, opinion)
    ours = "does not know it" if question.id == UNKNOWN else f"says {question.id}"
    return finding(
        question,
        "second-opinion-disagrees",
        Severity.MEDIUM,
        f"{opinion} takes this file for {quoted(opinion.said)} ({_meant(names, opinion)}), "
        f"framegate {ours}",
        remedy=UPDATE if question.id != UNKNOWN else "find out where the file comes from",
        loader=str(opinion),
        said=quoted(opinion.said),
        ours=question.id,
    )


def _silent(question: FileQuestion, opinion: Opinion) -> Finding:
    placed = question.placed is None or question.placed.get(opinion.loader, False)
    return finding(
        question,
        "loader-does-not-know",
        Severity.LOW if placed else Severity.INFO,
        f"{opinion} does not know this file{opinion.silence}; framegate says {question.id}",
        remedy="name class and config yourself, use the tool its publisher names, or update",
        loader=str(opinion),
        ours=question.id,
    )


def _unmapped(question: FileQuestion, opinion: Opinion) -> Finding:
    known = question.id != UNKNOWN
    return finding(
        question,
        "second-opinion-unmapped",
        Severity.LOW if known else Severity.INFO,
        f"{opinion} takes this file for {quoted(opinion.said)}, a model framegate has no word for; "
        + (f"framegate says {question.id}" if known else "framegate does not know it"),
        remedy="compare the two by hand" if known else "nothing, if that is what it should be",
        loader=str(opinion),
        said=quoted(opinion.said),
        ours=question.id,
    )


def refused(question: FileQuestion, opinion: Opinion, words: str) -> Finding:
    """The loader's own detection raised on this file, as it does when it loads it."""
    return finding(
        question,
        "second-opinion-refused",
        Severity.MEDIUM,
        f"{opinion} stops at this file: {quoted(words)}",
        remedy="the file lacks what the loader takes for granted, or is in another layout",
        loader=str(opinion),
        ours=question.id,
    )


def reads_values(words: str) -> bool:
    """Whether a detection failed because it wanted a tensor's values, which a header lacks."""
    return "meta tensor" in words.lower() or "data-dependent" in words.lower()


def finding(
    question: FileQuestion,
    rule: str,
    severity: Severity,
    message: str,
    *,
    remedy: str,
    detail: str = "",
    **evidence: object,
) -> Finding:
    """One finding about the file that was asked about."""
    place = Place(kind="file", path=question.path, detail=detail)
    return Finding(
        rule=rule, severity=severity, message=message, place=place, remedy=remedy, evidence=evidence
    )


def _meant(names: tuple[LoaderName, ...], opinion: Opinion) -> str:
    if opinion.said in FOREIGN:
        return "none of framegate's models"
    ids = [identifier for name in names for identifier in name.ids or (name.family,)]
    if ids:
        return " or ".join(dict.fromkeys(ids))
    shown = ", ".join(f"{key} {value}" for key, value in list(opinion.details.items())[:4])
    return f"in a size nobody published: {quoted(shown)}"


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str | bool | None) else quoted(value)
