"""One verdict per model file or folder: is it whole, and is it what its name says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep import take_census, value_findings
from compat.formats.diffusers_folder import (
    PICKLE_SUFFIXES,
    Component,
    Inventory,
    is_diffusers_folder,
    take_inventory,
)
from compat.formats.folder_files import files_below
from compat.formats.header import try_header
from compat.formats.imposters import imposter_finding
from compat.formats.model import FileReport, FileVerdict, Header, Verification
from compat.formats.quantisation import quantisation_findings
from compat.formats.sniff import PARTIAL_SUFFIXES, Kind, Sniffed, sniff
from compat.formats.wording import damage
from compat.formats.zero_regions import zero_findings

__all__ = ["FileReport", "FileVerdict", "Verification", "verify"]

WEIGHT_SUFFIXES = (".safetensors", ".sft", ".gguf", *PICKLE_SUFFIXES)

Progress = Callable[[int], None]


def verify(
    path: Path, *, deep: bool = False, on_bytes: Progress = lambda _count: None
) -> Verification:
    """Check a model file, a diffusers folder or a folder of model files, offline.

    Reads headers, configs and a few sampled blocks; with ``deep`` every byte of every weight file
    (``on_bytes`` hears how many). Nothing is unpickled, nothing executed. What cannot be read gets
    a report with the verdict UNKNOWN; a folder without model files gives no report.
    """
    return Verification(path=path, reports=tuple(_reports(path, deep=deep, on_bytes=on_bytes)))


def _reports(path: Path, *, deep: bool, on_bytes: Progress) -> list[FileReport]:
    if not path.is_dir():
        return [_file_report(path, deep=deep, on_bytes=on_bytes)]
    if is_diffusers_folder(path):
        return _folder_reports(path, deep=deep, on_bytes=on_bytes)
    try:
        files = files_below(path)
    except (OSError, ValueError) as error:
        return [_unreadable(path, str(error))]
    chosen = [f for f in files if f.suffix.lower() in (*WEIGHT_SUFFIXES, *PARTIAL_SUFFIXES)]
    return [_file_report(file, deep=deep, on_bytes=on_bytes) for file in chosen]


def _folder_reports(folder: Path, *, deep: bool, on_bytes: Progress) -> list[FileReport]:
    try:
        inventory = take_inventory(folder)
        findings = [*inventory.findings, *_leftovers(folder)]
    except (OSError, ValueError) as error:
        return [_unreadable(folder, str(error))]
    reports = [
        _report(
            folder,
            "diffusers-folder",
            findings,
            {"pipeline": inventory.pipeline, **_counts(inventory)},
        )
    ]
    for component in inventory.components.values():
        loader = "configured" if "quantization_config" in component.config else "diffusers"
        reports.extend(
            _file_report(file, deep=deep, on_bytes=on_bytes, loader=loader)
            for file in component.weights
        )
    return reports


def _counts(inventory: Inventory) -> dict[str, object]:
    named: Iterable[Component] = inventory.components.values()
    return {"components": [part.name for part in named if part.kind]}


def _leftovers(folder: Path) -> Iterator[Finding]:
    for file in files_below(folder):
        if file.suffix.lower() in PARTIAL_SUFFIXES:
            yield damage(
                "partial-download-left",
                file,
                "an unfinished download lies in the model's folder",
                remedy="resume the download, or delete this file if the model is whole without it",
                severity=Severity.LOW,
            )


def _file_report(path: Path, *, deep: bool, on_bytes: Progress, loader: str = "") -> FileReport:
    try:
        sniffed = sniff(path)
        problem = imposter_finding(path, sniffed)
        if problem is not None:
            return _report(path, sniffed.kind.value, [problem], {"bytes": path.stat().st_size})
        return _tensor_report(path, sniffed, deep=deep, on_bytes=on_bytes, loader=loader)
    except OSError as error:
        return _unreadable(path, error.strerror or str(error))


def _tensor_report(
    path: Path, sniffed: Sniffed, *, deep: bool, on_bytes: Progress, loader: str
) -> FileReport:
    reading = try_header(path)
    if reading is None:
        return _report(path, sniffed.kind.value, [_unchecked(path, sniffed)], {})
    findings = list(reading.findings)
    measures: dict[str, object] = {"bytes": path.stat().st_size}
    if reading.header is not None:
        measures |= _measures(reading.header)
        findings.extend(quantisation_findings(reading.header, loader=loader))
        findings.extend(zero_findings(reading.header))
        if deep:
            census = take_census(reading.header, on_bytes)
            findings.extend(value_findings(path, census))
            measures["tensors_examined"] = census.examined
            measures["tensors_not_examined"] = census.not_examined
    return _report(path, sniffed.kind.value, findings, measures)


def _measures(header: Header) -> dict[str, object]:
    dtypes: dict[str, int] = {}
    for tensor in header.tensors.values():
        dtypes[tensor.dtype] = dtypes.get(tensor.dtype, 0) + 1
    return {
        "tensors": len(header.tensors),
        "parameters": sum(tensor.elements for tensor in header.tensors.values()),
        "dtypes": dict(sorted(dtypes.items())[:32]),
    }


def _report(
    path: Path, kind: str, findings: list[Finding], measures: Mapping[str, object]
) -> FileReport:
    return FileReport(
        path=path,
        kind=kind,
        verdict=_verdict(findings),
        findings=tuple(findings),
        measures=measures,
    )


def _verdict(findings: Iterable[Finding]) -> FileVerdict:
    found = list(findings)
    if any(finding.severity is Severity.HIGH for finding in found):
        return FileVerdict.DAMAGED
    if any(finding.rule in UNCHECKED for finding in found):
        return FileVerdict.UNKNOWN
    return FileVerdict.OK


UNCHECKED = frozenset({"not-readable", "not-unpickled", "content-unknown"})
"""Rules that mean "nobody looked", which is never a pass."""


def _unreadable(path: Path, why: str) -> FileReport:
    finding = damage(
        "not-readable",
        path,
        f"it could not be read: {why}",
        remedy="check the path, the permissions and the disk",
        severity=Severity.MEDIUM,
    )
    return _report(path, Kind.UNKNOWN.value, [finding], {})


def _unchecked(path: Path, sniffed: Sniffed) -> Finding:
    return damage(
        "content-unknown",
        path,
        f"this is no kind of model file that is known here: {sniffed.why}",
        remedy="convert it to safetensors or gguf to have it checked",
        severity=Severity.MEDIUM,
    )
