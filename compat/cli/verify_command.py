"""``framegate verify``: is every model file whole, and what its name says."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_json
from compat.cli.shared_arguments import add_fail_on, add_format, add_paths
from compat.core.errors import ExitCode, NothingCheckedError, UsageError
from compat.core.model import Severity

if TYPE_CHECKING:
    from compat.formats.manifests.book import ManifestBook
    from compat.formats.model import FileReport
    from compat.formats.survey import Unit


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser, "file, folder, index or quoted pattern ('models/**/*.safetensors')")
    parser.add_argument(
        "--deep", action="store_true", help="read every weight: NaN, infinity, zeros, checksums"
    )
    parser.add_argument(
        "--sha256", action="store_true", help="hash every file, and compare where a hash is stated"
    )
    group = parser.add_argument_group("manifest")
    group.add_argument(
        "--manifest",
        type=Path,
        metavar="FILE",
        help="write FILE, or hold the files against it where it exists (a list of sha256sum will "
        "do); a run that was broken off goes on where it was",
    )
    group.add_argument(
        "--update-manifest", action="store_true", help="write FILE although it exists"
    )
    group.add_argument(
        "--again", action="store_true", help="read also what is unchanged since FILE was written"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="only what is at or above --fail-on, and the sum"
    )
    add_format(parser, sarif=True)
    add_fail_on(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.cli.globs import expand

    paths = expand(arguments.paths)
    if arguments.manifest is None and (arguments.update_manifest or arguments.again):
        raise UsageError("--update-manifest and --again need --manifest FILE", "add it")
    reports = _checked(paths, arguments)
    if not reports:
        raise NothingCheckedError(
            f"{paths[0]} holds no model file", "name a model file or a model's folder"
        )
    _show(reports, arguments)
    return _exit(reports, Severity(arguments.fail_on))


def _checked(paths: Sequence[Path], arguments: argparse.Namespace) -> "list[FileReport]":
    from compat.cli.byte_progress import ByteProgress
    from compat.formats.survey import survey
    from compat.formats.verify import Check, check_units

    units = [unit for path in paths for unit in survey(path)]
    book = _book(paths, arguments)
    with ByteProgress(_planned_bytes(units, arguments)) as progress:
        check = Check(
            deep=arguments.deep,
            sha256=arguments.sha256,
            book=book,
            on_bytes=progress.advance,
            on_file=progress.begin,
        )
        return check_units(units, check)


def _book(paths: Sequence[Path], arguments: argparse.Namespace) -> "ManifestBook | None":
    if arguments.manifest is None:
        return None
    from compat.formats.manifests.book import ManifestBook

    return ManifestBook(
        arguments.manifest, paths, update=arguments.update_manifest, again=arguments.again
    )


def _planned_bytes(units: "Sequence[Unit]", arguments: argparse.Namespace) -> int:
    """About how many bytes will be read; what a manifest spares is not known yet."""
    times = arguments.deep + arguments.sha256
    files = {file for unit in units for file in unit.files if file.is_file()}
    return times * sum(file.stat().st_size for file in files) if times else 0


def _show(reports: "Sequence[FileReport]", arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        print_json("verify", [_result(report) for report in reports])
    elif arguments.format == "sarif":
        from compat.cli.sarif import print_sarif

        print_sarif("verify", [_result(report) for report in reports])
    else:
        from compat.cli.verify_output import print_reports

        least = Severity(arguments.fail_on) if arguments.quiet else None
        print_reports(reports, least)


def _exit(reports: "Sequence[FileReport]", fail_on: Severity) -> ExitCode:
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


COMMAND = Command(
    name="verify",
    summary="check model files for damage, offline, without loading them",
    add_arguments=_add_arguments,
    run=_run,
)
