"""Turns findings into the verdict of a file: damaged, unchecked or fine."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.model import FileReport, FileVerdict

UNCHECKED = frozenset({
    "not-readable", "changed-while-read", "content-unknown",
    "pickle-unknown-global", "pickle-extension-code", "pickle-too-long", "pickle-unread",
    "pickle-no-tensors", "torchscript-archive", "torch-tar", "numpy-objects",
    "zip-too-many-members", "safetensors-header-vast", "deep-unfinished",
    "weights-not-examined",
})  # fmt: skip
"""Rules that mean "nobody looked", which is never a pass."""


def verdict_of(findings: Iterable[Finding]) -> FileVerdict:
    """DAMAGED for any finding of severity HIGH, else UNKNOWN where something was not looked at."""
    found = list(findings)
    if any(finding.severity is Severity.HIGH for finding in found):
        return FileVerdict.DAMAGED
    if any(finding.rule in UNCHECKED for finding in found):
        return FileVerdict.UNKNOWN
    return FileVerdict.OK


def report_of(
    path: Path, kind: str, findings: Iterable[Finding], measures: Mapping[str, object]
) -> FileReport:
    """A report with the verdict its findings lead to."""
    found = tuple(findings)
    return FileReport(
        path=path, kind=kind, verdict=verdict_of(found), findings=found, measures=measures
    )
