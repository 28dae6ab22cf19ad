"""Everything that a model needs beside it is in the set."""

from collections.abc import Iterator

from compat.core.model import Finding, Severity
from compat.identify.model import UNKNOWN, Need, Role
from compat.identify.pairing.model import Gathered, Part, Rule
from compat.identify.pairing.wording import mismatch

NOT_FILES = frozenset({Role.PIPELINE, Role.UNKNOWN})


def check(files: Gathered) -> Iterator[Finding]:
    """A checkpoint without its text encoder loads and fails later (clip input is invalid: None).

    A file of that role which does not fit is the matter of another rule; one that nobody could
    identify may be the missing one, and is said to be.
    """
    for part in files.parts:
        if not part.known or part.found.role is Role.PIPELINE:
            continue
        for need in part.found.needs:
            if need.role not in NOT_FILES and not _met(files, part, need):
                yield _missing(files, part, need)


def _met(files: Gathered, part: Part, need: Need) -> bool:
    if not need.ids:
        return any(other.found.role is need.role for other in files.parts)
    there = {other.id for other in files.parts}
    if there & set(need.ids):
        return True
    # One that stands there for this model and is wrong has been named by its own rule.
    rest = [other for other in files.partners(part, need.role) if other.known]
    taken = {id_ for also in part.found.needs if also is not need for id_ in also.ids}
    return any(other.id not in taken for other in rest)


def _missing(files: Gathered, part: Part, need: Need) -> Finding:
    unknown = [other for other in files.parts if other.id == UNKNOWN]
    perhaps = f"; {unknown[0]} may be it" if unknown else ""
    ids = " or ".join(need.ids) or f"a {need.role}"
    note = f" ({need.note})" if need.note else ""
    return mismatch(
        "missing-companion",
        part,
        part,
        f"{part} needs {ids} as {need.role}{note} and the set holds none{perhaps}",
        remedy=f"add {ids}",
        severity=Severity.MEDIUM if files.asked.complete and not unknown else Severity.LOW,
        role=need.role.value,
        expected=list(need.ids),
    )


RULE = Rule(id="missing-companions", title="all that the model needs is there", check=check)
