"""One verdict on model files and folders, from headers, configs and (deep) every byte."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from compat.formats.deep import hash_files
from compat.formats.file_check import Look, check_file
from compat.formats.manifests.book import ManifestBook
from compat.formats.manifests.hash_check import with_hashes
from compat.formats.model import FileReport, FileVerdict, Verification
from compat.formats.survey import Unit, survey
from compat.formats.verdicts import report_of

__all__ = ["Check", "FileReport", "FileVerdict", "Verification", "check_units", "verify"]


def verify(
    path: Path,
    *,
    deep: bool = False,
    sha256: bool = False,
    unused: bool = True,
    on_bytes: Callable[[int], None] = lambda _count: None,
) -> Verification:
    """Check a model file, an index, a model folder or a folder of model files, offline.

    Reads headers, configs and a few sampled blocks, and every value of files up to 64 MiB; with
    ``deep`` every byte of every weight file, with ``sha256`` the hash of every file as well
    (``on_bytes`` hears how many bytes). Nothing is unpickled, nothing executed. What cannot be read
    gets a report with the verdict UNKNOWN; a folder without model files gives no report. Without
    ``unused`` the weights of a diffusers folder are only those that a loader reads.
    """
    units = survey(path, unused=unused)
    reports = check_units(units, Check(deep=deep, sha256=sha256, on_bytes=on_bytes))
    return Verification(path=path, reports=tuple(reports))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What to do with files: how deep to look, whether to hash, which manifest to keep.

    ``on_bytes`` hears how many bytes were read, ``on_file`` the file that comes next.
    """

    deep: bool = False
    sha256: bool = False
    book: ManifestBook | None = None
    on_bytes: Callable[[int], None] = lambda _count: None
    on_file: Callable[[Path], None] = lambda _path: None


def check_units(units: Iterable[Unit], check: Check) -> list[FileReport]:
    """The reports on ``units``; what is done stays in the manifest if the work is broken off.

    Raises ``UsageError`` or ``OSError`` only where the manifest cannot be written.
    """
    if check.book is None:
        reports = list(
            _reports(
                units, check, Look(deep=check.deep, sha256=check.sha256, on_bytes=check.on_bytes)
            )
        )
        return list(with_hashes(reports, on_bytes=check.on_bytes)) if check.sha256 else reports
    try:
        reports = _with_book(units, check, check.book)
    except BaseException:  # Ctrl-C too
        check.book.save(complete=False)
        raise
    check.book.save(complete=True)
    return reports


def _reports(units: Iterable[Unit], check: Check, look: Look) -> Iterator[FileReport]:
    for unit in units:
        if unit.report is not None:
            yield unit.report
        for file in unit.files:
            check.on_file(file)
            yield check_file(file, look, loader=unit.loader)


def _with_book(units: Iterable[Unit], check: Check, book: ManifestBook) -> list[FileReport]:
    look = Look(
        deep=check.deep,
        sha256=check.sha256,
        on_bytes=check.on_bytes,
        earlier=book.earlier_values,
        on_record=book.note_values if check.deep else lambda _path, _record: None,
    )
    reports: list[FileReport] = []
    for report in _reports(units, check, look):
        book.note_report(report)
        reports.append(report)
    if check.sha256 or book.needs_hashes:
        hashed = with_hashes(reports, known=book.earlier_hash, on_bytes=check.on_bytes)
        reports = list(_noted(hashed, book))
        _hash_the_rest(reports, check, book)
    return _merged(reports, book.differences())


def _noted(reports: Iterable[FileReport], book: ManifestBook) -> Iterator[FileReport]:
    for report in reports:
        book.note_report(report)
        yield report


def _hash_the_rest(reports: list[FileReport], check: Check, book: ManifestBook) -> None:
    """Hash the files that no report is about: configs, vocabularies, pictures."""
    done = {report.path.absolute() for report in reports if "sha256" in report.measures}
    rest = [f for f in book.files.values() if f not in done and not book.earlier_hash(f)]
    for path, found in hash_files(rest, check.on_bytes):
        if isinstance(found, str):
            book.note_hash(path, found)


def _merged(reports: list[FileReport], differences: Iterable[FileReport]) -> list[FileReport]:
    """One report per file: what the manifest says of it stands first among its findings."""
    by_path = {report.path.absolute(): report for report in differences}
    merged: list[FileReport] = []
    for report in reports:
        other = by_path.pop(report.path.absolute(), None)
        found = (*(other.findings if other is not None else ()), *report.findings)
        merged.append(report_of(report.path, report.kind, found, report.measures))
    return [*merged, *by_path.values()]
