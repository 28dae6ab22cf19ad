"""Puts the SHA-256 of files into their reports and holds it against what the disk says it is."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.formats.deep import hash_files
from compat.formats.manifests.expected_hash import Expected, expected_hash
from compat.formats.model import FileReport
from compat.formats.verdicts import report_of
from compat.formats.wording import damage


def with_hashes(
    reports: Iterable[FileReport],
    *,
    known: Callable[[Path], str] = lambda _path: "",
    on_bytes: Callable[[int], None] = lambda _count: None,
) -> Iterator[FileReport]:
    """The reports in their order, with ``sha256`` among the measures of those of files.

    ``known`` gives a hash that need not be computed again, empty for none. Several files are hashed
    at once.
    """
    every = list(reports)
    stated = {r.path: str(r.measures.get("sha256") or known(r.path)) for r in every if _is_file(r)}
    todo = [path for path, sha256 in stated.items() if not sha256]
    hashes = hash_files(todo, on_bytes)
    for report in every:
        if report.path in stated and not stated[report.path]:
            path, found = next(hashes)
            stated[path] = found if isinstance(found, str) else ""
        yield _with_hash(report, stated.get(report.path, ""))


def _is_file(report: FileReport) -> bool:
    return "bytes" in report.measures and report.path.is_file()


def _with_hash(report: FileReport, sha256: str) -> FileReport:
    if not sha256:
        return report
    expected = expected_hash(report.path)
    measures: dict[str, object] = {**report.measures, "sha256": sha256}
    if expected is None:
        return report_of(report.path, report.kind, report.findings, measures)
    measures["sha256_expected_by"] = expected.source
    problems = () if expected.sha256 == sha256 else (_differs(report.path, expected, sha256),)
    return report_of(report.path, report.kind, (*report.findings, *problems), measures)


def _differs(path: Path, expected: Expected, found: str) -> Finding:
    return damage(
        "hash-differs",
        path,
        f"its sha256 is {found[:16]}..., expected {expected.sha256[:16]}... by {expected.source}",
        remedy="download it again: its bytes are not those that were published",
        expected_sha256=expected.sha256,
        found_sha256=found,
        source=expected.source,
    )
