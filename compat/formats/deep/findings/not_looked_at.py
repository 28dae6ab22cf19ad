"""What a deep scan has not seen, said aloud."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.tensor_kind import kind_of
from compat.formats.wording import damage, quoted

MOST_NAMES = 16


def not_looked_at(path: Path, census: Census) -> Iterator[Finding]:
    """A file that changed, a scan that was stopped, tensors that could not be looked at."""
    if census.changed:
        yield damage(
            "changed-while-read",
            path,
            f"the file did not keep still: {census.changed}, so what was seen is of no file",
            remedy="wait until the download or copy has ended and check again",
            severity=Severity.MEDIUM,
        )
    elif not census.complete:
        yield damage(
            "deep-unfinished",
            path,
            f"the deep check was stopped at byte {census.position} of {census.stamp.size}; the "
            "rest is unknown",
            remedy="run it again: it goes on from there",
            detail=f"byte {census.position}",
            severity=Severity.MEDIUM,
        )
    elif census.not_examined:
        yield _tensors(path, census)


def _tensors(path: Path, census: Census) -> Finding:
    left = [t for t in census.header.tensors.values() if t.name not in census.sights]
    left = [t for t in left if t.end > t.start] or left
    unknown = sorted({t.dtype for t in left if kind_of(t) is None})
    why = (
        f"of unknown types ({', '.join(map(quoted, unknown[:8]))})"
        if unknown
        else "that lie outside the file"
    )
    return damage(
        "weights-not-examined",
        path,
        f"{census.not_examined} tensor(s) {why} were not looked at, such as {quoted(left[0].name)}",
        remedy="update framegate, where the types are new",
        detail=quoted(left[0].name),
        severity=Severity.LOW,
        tensors=[quoted(t.name) for t in left[:MOST_NAMES]],
    )
