"""What a reader knows of a file from its header, and what a verifier says of the whole file."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from compat.core.model import Finding


class FileVerdict(StrEnum):
    """OK: checked, and usable as it stands. DAMAGED: not usable as it stands. UNKNOWN: unchecked.

    UNKNOWN is never to be read as a pass.
    """

    OK = "ok"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor as the header declares it; ``start`` and ``end`` are byte offsets in the file.

    ``dtype`` is the safetensors word (F32, BF16, F8_E4M3) or, for gguf, the ggml type name (Q4_K).
    ``shape`` has the slowest dimension first in both formats.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def elements(self) -> int:
        """Number of values, 1 for a scalar."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Everything a file says about itself before its data; sizes and offsets in bytes."""

    path: Path
    format: str
    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str]
    data_start: int
    file_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A header, where enough of it could be read, and what was wrong with it."""

    header: Header | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The answer about one file or one model folder.

    ``kind`` is what the content really is (see :mod:`compat.formats.sniff`), whatever its name.
    """

    path: Path
    kind: str
    verdict: FileVerdict
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer about everything below one path: one report per file, one verdict in all.

    Empty ``reports`` mean that no model file was found: the verdict is then UNKNOWN.
    """

    path: Path
    reports: tuple[FileReport, ...]

    @property
    def verdict(self) -> FileVerdict:
        """DAMAGED where any file is, else UNKNOWN where any is or none was found, else OK."""
        verdicts = {report.verdict for report in self.reports}
        if FileVerdict.DAMAGED in verdicts:
            return FileVerdict.DAMAGED
        if not verdicts or FileVerdict.UNKNOWN in verdicts:
            return FileVerdict.UNKNOWN
        return FileVerdict.OK

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every report, in order."""
        return tuple(finding for report in self.reports for finding in report.findings)
