"""Names what unfinished downloads leave behind in a model's folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.partial_downloads import is_partial_name
from compat.formats.wording import damage


def leftover_findings(files: Iterable[Path]) -> Iterator[Finding]:
    """One finding per unfinished download among ``files``."""
    for file in files:
        if is_partial_name(file):
            yield damage(
                "partial-download-left",
                file,
                "an unfinished download lies in the model's folder",
                remedy="resume the download, or delete this file if the model is whole without it",
                severity=Severity.LOW,
            )
