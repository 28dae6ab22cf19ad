"""Builds the findings of this package whose confidence is not full."""

from dataclasses import replace
from pathlib import Path

from compat.core.model import Confidence, Finding, Severity
from compat.formats.wording import damage


def noted(
    rule: str,
    path: Path,
    message: str,
    *,
    remedy: str,
    severity: Severity,
    confidence: Confidence,
    **numbers: object,
) -> Finding:
    """One finding about the file at ``path`` that the facts support less than fully."""
    finding = damage(rule, path, message, remedy=remedy, severity=severity, evidence=numbers)
    return replace(finding, confidence=confidence)
