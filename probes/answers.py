"""How probes try things and say what went wrong, so that they themselves read as questions."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from compat.core.model import Finding, Place, Session, Severity
from compat.core.probe import SkipProbeError

Value = TypeVar("Value")


def attempt(action: Callable[[], Value]) -> tuple[Value | None, str]:
    """Do ``action`` and return (its value, "") or (None, the library's own words).

    A lack of memory is no answer to the question and ends the probe as ERROR; neither is a skip.
    """
    try:
        return action(), ""
    except (MemoryError, SkipProbeError):
        raise
    except Exception as exc:
        if "out of memory" in str(exc).lower():
            raise
        return None, f"{type(exc).__name__}: {' '.join(str(exc).split())}"


def fault(
    session: Session,
    rule: str,
    message: str,
    *,
    severity: Severity = Severity.HIGH,
    remedy: str = "",
    evidence: Mapping[str, object] | None = None,
) -> Finding:
    """A finding about the device or library that ``session`` is aimed at."""
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        place=Place(kind="device", path=session.target.device),
        remedy=remedy,
        evidence=evidence or {},
    )
