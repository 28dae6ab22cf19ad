"""What ``framegate verify`` shows a person: the worst file first, one line each, then the sum."""

from collections.abc import Sequence

from compat.cli.colour import painted
from compat.cli.output import print_findings
from compat.core.model import Severity
from compat.formats.model import FileReport, FileVerdict

ORDER = (FileVerdict.DAMAGED, FileVerdict.UNKNOWN, FileVerdict.OK)
COLOURS = {FileVerdict.DAMAGED: "red", FileVerdict.UNKNOWN: "yellow", FileVerdict.OK: "green"}


def print_reports(reports: Sequence[FileReport], least: Severity | None) -> None:
    """Print every report, or with ``least`` those with a finding of at least that severity."""
    shown = [report for report in reports if least is None or _worst(report) >= least.rank]
    for report in sorted(shown, key=_order):
        verdict = painted(f"{report.verdict.value:<8}", COLOURS[report.verdict])
        print(f"{verdict} {report.path}  [{_facts(report)}]")
        print_findings(sorted(report.findings, key=lambda finding: -finding.severity.rank))
    print(_sum(reports))


def _worst(report: FileReport) -> int:
    return max((finding.severity.rank for finding in report.findings), default=-1)


def _order(report: FileReport) -> tuple[int, int]:
    # sorted() keeps the order of the files among equals.
    return ORDER.index(report.verdict), -_worst(report)


def _facts(report: FileReport) -> str:
    facts = [report.kind]
    size, sha256 = report.measures.get("bytes"), report.measures.get("sha256")
    if isinstance(size, int):
        facts.append(in_words(size))
    if sha256:
        facts.append(f"sha256 {sha256}")
    return ", ".join(facts)


def _sum(reports: Sequence[FileReport]) -> str:
    parts = [
        painted(f"{count} {verdict.value}", COLOURS[verdict])
        for verdict in reversed(ORDER)
        if (count := sum(report.verdict is verdict for report in reports))
    ]
    sizes = {report.path: report.measures.get("bytes") for report in reports}
    total = sum(size for size in sizes.values() if isinstance(size, int))
    return f"{', '.join(parts)} ({in_words(total)})"


def in_words(nbytes: int) -> str:
    """A size as people write it, in powers of 1000: 43.3 GB."""
    size = float(nbytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
