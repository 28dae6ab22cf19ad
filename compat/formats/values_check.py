"""Looks at the values of a file's weights; what was seen can be stored and taken up again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.values import Census, take_census, value_findings

Record = Mapping[str, object]
"""What a scan has seen, as JSON values; only this module knows its form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What the values of one file are like, and the record of having looked."""

    findings: tuple[Finding, ...]
    measures: Mapping[str, object]
    record: Record = field(default_factory=dict)


def check_values(
    header: Header,
    *,
    on_bytes: Callable[[int], None] = lambda _count: None,
    earlier: Record | None = None,
    on_record: Callable[[Record], None] = lambda _record: None,
) -> Values:
    """Look at every value, or take up the record of an ``earlier`` scan of the unchanged file.

    ``on_record`` hears what has been seen so far, from which a scan that is broken off goes on. May
    raise ``OSError``.
    """
    census = _restored(header, earlier)
    if census is None:
        census = take_census(header, on_bytes)
    record = _to_record(census)
    on_record(record)
    return Values(
        findings=tuple(value_findings(header.path, census)),
        measures={
            "tensors_examined": census.examined,
            "tensors_not_examined": census.not_examined,
        },
        record=record,
    )


def only_damage(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that make a file unusable: hints are left to those who ask for a deep look."""
    return tuple(finding for finding in findings if finding.severity is Severity.HIGH)


def _to_record(census: Census) -> Record:
    return {
        "complete": True,
        "examined": census.examined,
        "not_examined": census.not_examined,
        "not_finite": dict(census.not_finite),
        "zero": [tensor.name for tensor in census.zero],
        "matrix_bytes": census.matrix_bytes,
    }


def _restored(header: Header, record: Record | None) -> Census | None:
    match record:
        case {
            "complete": True,
            "examined": int() as examined,
            "not_examined": int() as not_examined,
            "not_finite": dict() as not_finite,
            "zero": list() as zero,
            "matrix_bytes": int() as matrix_bytes,
        } if set(zero) | not_finite.keys() <= header.tensors.keys():
            return Census(
                examined=examined,
                not_examined=not_examined,
                not_finite=not_finite,
                zero=[header.tensors[name] for name in zero],
                matrix_bytes=matrix_bytes,
            )
    return None
