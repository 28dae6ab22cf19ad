"""``framegate verify``: is every model file whole, and what its name says."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_findings, print_json
from compat.core.errors import ExitCode, NothingCheckedError, UsageError
from compat.core.model import Severity

if TYPE_CHECKING:
    from compat.formats.model import FileReport


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or folder")
    parser.add_argument("--deep", action="store_true", help="read every weight: NaN, zeros")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--fail-on",
        choices=[severity.value for severity in Severity],
        default=Severity.MEDIUM.value,
        help="exit 1 from this severity up (default: medium)",
    )


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.formats.verify import verify

    absent = [path for path in arguments.paths if not path.exists()]
    if absent:
        raise UsageError(f"there is no {absent[0]}", "name an existing file or folder")
    reports = [report for path in arguments.paths for report in verify(path, deep=arguments.deep)]
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
