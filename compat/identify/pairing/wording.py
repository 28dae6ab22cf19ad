"""How pairing writes: two numbers that disagree, and where each was read."""

from compat.core.model import Confidence, Finding, Place, Severity
from compat.identify.model import Measured
from compat.identify.pairing.model import Part


def mismatch(
    rule: str,
    part: Part,
    model: Part,
    message: str,
    *,
    remedy: str,
    severity: Severity = Severity.HIGH,
    confidence: Confidence = Confidence.HIGH,
    **numbers: object,
) -> Finding:
    """One finding about ``part``, which stands with ``model`` and does not fit it."""
    return Finding(
        rule=rule,
        severity=severity,
        confidence=confidence,
        message=message,
        place=Place(kind="file", path=str(part.file.path)),
        remedy=remedy,
        evidence={"part": part.id, "model": model.id, "with": str(model.file.path), **numbers},
    )


def disagree(
    rule: str, part: Part, model: Part, what: str, *, given: Measured, taken: Measured, remedy: str
) -> Finding:
    """Two sizes that should be one: ``given`` by ``part``, ``taken`` by ``model``."""
    return mismatch(
        rule,
        part,
        model,
        f"{part} has {what} {given.value} ({given.source}), {model} takes {taken.value} "
        f"({taken.source})",
        remedy=remedy,
        found=given.value,
        expected=taken.value,
        found_in=given.source,
        expected_in=taken.source,
    )
