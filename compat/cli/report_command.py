"""``framegate report``: the failed-attempts and working-solutions reports and the page."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.shared_arguments import add_format, add_store
from compat.core.errors import ExitCode, NothingCheckedError

if TYPE_CHECKING:
    from compat.store.store import Store


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("framegate-report"),
        metavar="DIR",
        help="folder to write into (default: framegate-report)",
    )
    add_store(parser)
    add_format(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.store.store import Store, default_path
    from reports.write import write_reports

    wanted = arguments.store or default_path()
    if not wanted.exists():
        raise NothingCheckedError(
            f"there is no evidence store at {wanted}, so there is nothing to report",
            "run framegate probe, preflight or run first",
        )
    with Store.open(wanted) as store:
        paths = write_reports(store, arguments.output)
        if arguments.format == "json":
            _print_json(store, paths)
    if arguments.format == "text":
        for path in paths:
            print(path)
    return ExitCode.OK


def _print_json(store: "Store", paths: tuple[Path, ...]) -> None:
    from compat.cli.output import Result, print_json
    from compat.knowledge.load import known_failures
    from reports.attempts import failed_attempts
    from reports.evidence import read_evidence

    written = [Result(subject=str(path), verdict="written") for path in paths]
    attempts = failed_attempts(read_evidence(store), known_failures())
    results = [
        Result(
            subject=attempt.subject,
            verdict="known" if attempt.known else "new",
            measures={
                "kind": attempt.kind,
                "sentence": attempt.sentence,
                "targets": attempt.targets,
                "environment": attempt.environment,
                "times": attempt.times,
                "first_at": attempt.first_at,
                "last_at": attempt.last_at,
                "passes_since": attempt.since,
                "known": [failure.id for failure in attempt.known],
                "retry": [failure.retry for failure in attempt.known],
            },
        )
        for attempt in attempts
    ]
    print_json("report", [*written, *results])


COMMAND = Command(
    name="report",
    summary="write the failed-attempts and working-solutions reports",
    add_arguments=_add_arguments,
    run=_run,
)
