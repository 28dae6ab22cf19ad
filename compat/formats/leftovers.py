"""Names what unfinished downloads leave behind in a model's folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.sniff import PARTIAL_SUFFIXES
from compat.formats.wording import damage


def leftover_findings(files: Iterable[Path]) -> Iterator[Finding]:
    """One finding per unfinished download among ``files``."""
    for file in files:
        if file.suffix.lower() in PARTIAL_SUFFIXES:
            yield damage(
                "partial-download-left",
                file,
                "an unfinished download lies in the model's folder",
                remedy="resume the download, or delete this file if the model is whole without it",
                severity=Severity.LOW,
            )
