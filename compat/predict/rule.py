"""What a rule of the prediction is, and how it writes what it found."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from compat.core.model import Confidence, Finding, Place, Severity
from compat.predict.model import Asked, Expected, OpSeen, Seen

SEVERITY: Mapping[Expected, Severity] = {
    Expected.FAILS: Severity.HIGH,
    Expected.SILENT: Severity.MEDIUM,
    Expected.SLOW: Severity.LOW,
    Expected.UNKNOWN: Severity.INFO,
}
"""A failure stops the render, a silent fault may spoil it, a detour over the CPU takes time."""

MOST_PLACES = 5
"""Lines of code that a finding names in its evidence."""

Check = Callable[[Seen, Asked], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One question to a trace; ``id`` is its file's name, ``doc`` what it says and why."""

    id: str
    doc: str
    check: Check


def rule(identifier: str) -> Callable[[Check], Rule]:
    """Declare the decorated generator as the rule ``identifier``."""

    def declare(check: Check) -> Rule:
        return Rule(id=identifier, doc=check.__doc__ or "", check=check)

    return declare


def found(
    identifier: str,
    expected: Expected,
    ops: Iterable[OpSeen],
    message: str,
    *,
    remedy: str,
    confidence: Confidence = Confidence.MEDIUM,
    severity: Severity | None = None,
    **evidence: object,
) -> Finding:
    """A finding about these operations; it stands at the line that asked for the first of them.

    No more than MEDIUM confidence: the facts were read, not run on that device.
    """
    seen = list(ops)
    places = list(dict.fromkeys(op.place for op in seen if op.place))
    return Finding(
        rule=identifier,
        severity=severity or SEVERITY[expected],
        confidence=confidence,
        message=message,
        place=code_place(places[0] if places else ""),
        remedy=remedy,
        evidence={
            "expected": expected.value,
            "ops": sorted({op.op for op in seen}),
            "places": places[:MOST_PLACES],
            "calls": sum(op.count for op in seen),
            **evidence,
        },
    )


def code_place(place: str) -> Place:
    """File and line as a place."""
    path, _, line = place.rpartition(":")
    if not line.isdigit():
        return Place(kind="file", path=place or "the pipeline")
    return Place(kind="file", path=path, detail=f"line {line}")


def largest(ops: Iterable[tuple[OpSeen, int]]) -> tuple[OpSeen, int]:
    """The pair with the greatest number."""
    return max(ops, key=lambda pair: pair[1])
