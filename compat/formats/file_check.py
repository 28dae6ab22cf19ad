"""Checks one file: what it is, what its header says, and whether its bytes can be weights."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.header import try_header
from compat.formats.imposters import imposter_finding
from compat.formats.model import FileReport, Header, Reading
from compat.formats.pickles.checksums import checksum_findings
from compat.formats.quantisation import quantisation_findings
from compat.formats.sniff import Kind, Sniffed, sniff
from compat.formats.values_check import Record, check_values, only_damage
from compat.formats.verdicts import report_of
from compat.formats.wording import damage
from compat.formats.zero_regions import zero_findings

SMALL_FILE = 64 << 20
"""Files up to this many bytes have every value looked at always, unless their header has shown
damage already: that takes a tenth of a second."""

NO_FILES = (Kind.DANGLING_LINK, Kind.NO_FILE, Kind.FOLDER)
MISNAMED = ("misnamed", "pickle-misnamed", "not-what-its-name-says")
"""Wrong names; what stands under them is checked all the same."""


SAME_ZEROS = (
    "weights-all-zero", "weights-zero-region", "weights-zero-rows", "weights-started-at-zero",
)  # fmt: skip
"""What the values say of zeros, which a few sampled blocks may have told already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How closely to look at files, and who hears of it.

    ``sha256`` takes the hash in the same reading as a deep look. ``on_bytes`` hears how many bytes
    were read, ``earlier`` gives the record of an earlier scan of the values of a file,
    ``on_record`` takes what was seen so far.
    """

    deep: bool = False
    sha256: bool = False
    on_bytes: Callable[[int], None] = lambda _count: None
    earlier: Callable[[Path], Record | None] = lambda _path: None
    on_record: Callable[[Path, Record], None] = lambda _path, _record: None


def check_file(path: Path, look: Look, *, loader: str = "") -> FileReport:
    """The report about one file; ``loader`` names what will load it, where that is known.

    Never raises for what the file is or holds, and waits for no pipe or device.
    """
    try:
        sniffed = sniff(path)
        if sniffed.kind in NO_FILES:
            found = imposter_finding(path, sniffed) or _unknown_content(path, sniffed)
            return report_of(path, sniffed.kind.value, [found], {})
        before = path.stat()
        report = _check(path, sniffed, look, before.st_size, loader)
        return _still_the_same(report, before, path.stat())
    except OSError as error:
        return unreadable(path, error.strerror or str(error))


def unreadable(path: Path, why: str) -> FileReport:
    """The report about what could not be read."""
    finding = damage(
        "not-readable",
        path,
        f"it could not be read: {why}",
        remedy="check the path, the permissions and the disk",
        severity=Severity.MEDIUM,
    )
    return report_of(path, Kind.UNKNOWN.value, [finding], {})


def _check(path: Path, sniffed: Sniffed, look: Look, size: int, loader: str) -> FileReport:
    reading = try_header(path, sniffed)
    problem = imposter_finding(path, sniffed)
    if reading is None:
        found = problem or _unknown_content(path, sniffed)
        return report_of(path, sniffed.kind.value, [found], {"bytes": size})
    findings = [problem] if problem is not None and problem.rule in MISNAMED else []
    findings.extend(reading.findings)
    measures: dict[str, object] = {"bytes": size}
    kind = _kind(sniffed, reading)
    if reading.header is not None:
        measures |= _measures(reading.header)
        findings.extend(quantisation_findings(reading.header, loader=loader))
        broken = any(finding.severity is Severity.HIGH for finding in findings)
        small = size <= SMALL_FILE and not broken
        findings.extend(_byte_findings(reading.header, look, measures, small=small))
    if kind == Kind.TORCH_ZIP.value and (look.deep or size <= SMALL_FILE):
        findings.extend(checksum_findings(path, look.on_bytes))
    return report_of(path, kind, findings, measures)


def _kind(sniffed: Sniffed, reading: Reading) -> str:
    if reading.header is not None:
        return reading.header.format
    # A pickle of protocol 0 is text, and an archive packed again a zip, until somebody looked in.
    seen = {Kind.TEXT: Kind.PICKLE, Kind.UNKNOWN: Kind.PICKLE, Kind.ZIP: Kind.TORCH_ZIP}
    return seen.get(sniffed.kind, sniffed.kind).value


def _measures(header: Header) -> dict[str, object]:
    dtypes = Counter([tensor.dtype for tensor in header.tensors.values()])
    return {
        "tensors": len(header.tensors),
        "parameters": sum([prod(tensor.shape) for tensor in header.tensors.values()]),
        "dtypes": dict(sorted(dtypes.items())[:32]),
    }


def _byte_findings(
    header: Header, look: Look, measures: dict[str, object], *, small: bool
) -> list[Finding]:
    sampled = list(zero_findings(header))
    if not look.deep and not small:
        return sampled
    values = check_values(
        header,
        sha256=look.deep and look.sha256,
        on_bytes=look.on_bytes,
        earlier=look.earlier(header.path),
        on_record=lambda record: look.on_record(header.path, record),
    )
    measures |= values.measures
    found = values.findings if look.deep else only_damage(values.findings)
    return _told_once(sampled, found, values.findings)


def _told_once(
    sampled: list[Finding], found: Sequence[Finding], seen: Sequence[Finding]
) -> list[Finding]:
    """What sampled blocks and the values (``seen``, of which ``found`` is told) say of zeros.

    A hole in the samples needs no second sentence; zeros that all values show to be meant, or to be
    more than a remark, need no remark.
    """
    worst = max((finding.severity.rank for finding in sampled), default=-1)
    told = [f for f in found if f.rule not in SAME_ZEROS or f.severity.rank > worst]
    zeros = [finding for finding in seen if finding.rule in SAME_ZEROS]
    if zeros and all(finding.rule == "weights-started-at-zero" for finding in zeros):
        return told if worst < Severity.HIGH.rank else [*sampled, *told]
    repeats = any(finding.rule in SAME_ZEROS for finding in told) and worst <= Severity.INFO.rank
    return told if repeats else [*sampled, *told]


def _still_the_same(
    report: FileReport, before: os.stat_result, after: os.stat_result
) -> FileReport:
    if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
        return report
    changed = damage(
        "changed-while-read",
        report.path,
        f"it changed while it was read: {before.st_size} bytes before, {after.st_size} after",
        remedy="wait until the download or copy is done, then check again",
        severity=Severity.MEDIUM,
        bytes_before=before.st_size,
        bytes_after=after.st_size,
    )
    return report_of(report.path, report.kind, (changed, *report.findings), report.measures)


def _unknown_content(path: Path, sniffed: Sniffed) -> Finding:
    return damage(
        "content-unknown",
        path,
        f"this is no kind of model file that is known here: {sniffed.why}",
        remedy="convert it to safetensors or gguf to have it checked",
        severity=Severity.MEDIUM,
    )
