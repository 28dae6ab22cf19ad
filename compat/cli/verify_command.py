"""``framegate verify``: is every model file whole, and what its name says."""

import argparse
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_findings, print_json
from compat.cli.shared_arguments import add_fail_on, add_format, add_paths, require_existing
from compat.core.errors import ExitCode, NothingCheckedError
from compat.core.model import Severity

if TYPE_CHECKING:
    from compat.formats.model import FileReport


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    parser.add_argument("--deep", action="store_true", help="read every weight: NaN, zeros")
    add_format(parser)
    add_fail_on(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.formats.verify import verify

    require_existing(arguments.paths)
    reports = [
        report for path in arguments.paths for report in verify(path, deep=arguments.deep).reports
    ]
    if not reports:
        raise NothingCheckedError(
            f"{arguments.paths[0]} holds no model file", "name a model file or a model's folder"
        )
    if arguments.format == "json":
        print_json("verify", [_result(report) for report in reports])
    else:
        _print(reports)
    return _exit(reports, Severity(arguments.fail_on))


def _exit(reports: "list[FileReport]", fail_on: Severity) -> ExitCode:
    if all(report.verdict == "unknown" for report in reports):
        return ExitCode.NOTHING_CHECKED
    return exit_for((f for report in reports for f in report.findings), fail_on)


def _result(report: "FileReport") -> Result:
    return Result(
        subject=str(report.path),
        verdict=report.verdict.value,
        findings=report.findings,
        measures={"kind": report.kind, **report.measures},
    )


def _print(reports: "list[FileReport]") -> None:
    for report in reports:
        print(f"{report.verdict.value:<8} {report.path}  [{report.kind}]")
        print_findings(report.findings)
    counts = {
        word: sum(r.verdict == word for r in reports) for word in ("ok", "damaged", "unknown")
    }
    print(", ".join(f"{count} {word}" for word, count in counts.items() if count))


COMMAND = Command(
    name="verify",
    summary="check model files for damage, offline, without loading them",
    add_arguments=_add_arguments,
    run=_run,
)
