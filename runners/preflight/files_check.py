"""Every file of the model is whole, is what its name says, and has its companions."""

from typing import TYPE_CHECKING

from compat.formats.verify import verify
from runners.preflight.context import Answer, Context, Step, UndecidedError

if TYPE_CHECKING:
    from compat.core.model import Finding


def check_files(context: Context) -> Answer:
    """No file is cut, unfilled, misnamed, or quantised in a way the loader would ignore."""
    reports = verify(context.job.folder, unused=False).reports
    findings: list[Finding] = [finding for report in reports for finding in report.findings]
    unknown = [str(report.path) for report in reports if report.verdict == "unknown"]
    if not reports:
        raise UndecidedError(f"there is no model file in {context.job.folder}")
    damaged = [report for report in reports if report.verdict == "damaged"]
    if unknown and not damaged:
        raise UndecidedError(f"{len(unknown)} file(s) could not be checked, first {unknown[0]}")
    return Answer(findings=tuple(findings), measures={"files": len(reports)})


STEP = Step(id="files", title="files are whole", run=check_files)
