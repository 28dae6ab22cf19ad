"""How findings about files are written: quoted names, byte differences, one constructor."""

from collections.abc import Mapping
from pathlib import Path

from compat.core.model import Confidence, Finding, Place, Severity

LONGEST_QUOTE = 120
"""Names come from hostile files; a megabyte of name must not become a megabyte of message."""


def quoted(name: object) -> str:
    """Quote a name from a file: printable ASCII only (the store refuses lone surrogates), short."""
    text = str(name)
    shown = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."
    return ascii(shown)


def damage(
    rule: str,
    path: Path,
    message: str,
    *,
    remedy: str,
    detail: str = "",
    severity: Severity = Severity.HIGH,
    confidence: Confidence = Confidence.HIGH,
    evidence: Mapping[str, object] | None = None,
    **more: object,
) -> Finding:
    """One finding about the file at ``path``; ``detail`` is a byte offset or a tensor name.

    ``evidence`` and every further keyword become the numbers behind the sentence.
    """
    return Finding(
        rule=rule,
        severity=severity,
        confidence=confidence,
        message=message,
        place=Place(kind="file", path=str(path), detail=detail),
        remedy=remedy,
        evidence={**(evidence or {}), **more},
    )


def byte_numbers(expected: int, found: int) -> dict[str, object]:
    """The four numbers that every size finding carries."""
    directions = {-1: "too-short", 0: "equal", 1: "too-long"}
    direction = directions[(found > expected) - (found < expected)]
    return {
        "expected_bytes": expected,
        "found_bytes": found,
        "difference_bytes": found - expected,
        "direction": direction,
    }
