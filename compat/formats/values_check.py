"""Looks at the values of a file's weights; what was seen can be stored and taken up again."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass

from compat.core.model import Finding, Severity
from compat.formats.deep import (
    Census,
    begin,
    census_from_data,
    scan_steps,
    value_findings,
    value_measures,
)
from compat.formats.model import Header

Record = Mapping[str, object]
"""What a scan has seen, as JSON values; only the scan knows their form."""

RECORD_SECONDS = 5.0
"""Time between two records of a long scan: so much is lost when the power goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What the values of one file are like, in findings and numbers."""

    findings: tuple[Finding, ...]
    measures: Mapping[str, object]


def check_values(
    header: Header,
    *,
    sha256: bool = False,
    on_bytes: Callable[[int], None] = lambda _count: None,
    earlier: Record | None = None,
    on_record: Callable[[Record], None] = lambda _record: None,
) -> Values:
    """Look at every value, going on from the record of an ``earlier`` scan of the unchanged file.

    ``on_record`` hears what has been seen, from time to time, at the end, and when the work is
    broken off. With ``sha256`` the file is hashed in the same reading. May raise ``OSError``.
    """
    census = begin(header, _restored(header, earlier))
    try:
        _scan(census, sha256=sha256, on_bytes=on_bytes, on_record=on_record)
    finally:
        on_record(census.to_data())
    return Values(
        findings=tuple(value_findings(header.path, census)), measures=value_measures(census)
    )


def only_damage(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that make a file unusable: hints are left to those who ask for a deep look."""
    return tuple(finding for finding in findings if finding.severity is Severity.HIGH)


def _scan(
    census: Census,
    *,
    sha256: bool,
    on_bytes: Callable[[int], None],
    on_record: Callable[[Record], None],
) -> None:
    recorded = time.monotonic()
    with closing(scan_steps(census, sha256=sha256)) as steps:
        for read in steps:
            on_bytes(read)
            if time.monotonic() - recorded > RECORD_SECONDS:
                on_record(census.to_data())
                recorded = time.monotonic()


def _restored(header: Header, record: Record | None) -> Census | None:
    if not record:
        return None
    try:
        return census_from_data(header, record)
    except (ValueError, TypeError, KeyError):
        return None  # of another version: looked at anew
