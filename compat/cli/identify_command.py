"""``framegate identify``: which model is this, what are its rules, and what does it need."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli import second_opinion
from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_findings, print_json
from compat.cli.shared_arguments import add_fail_on, add_format, add_paths
from compat.core.codec import to_data
from compat.core.errors import ExitCode
from compat.core.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compat.identify.model import Identification


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser, "file, folder, shard index, or a pattern such as 'loras/*.safetensors'")
    add_format(parser, sarif=True)
    add_fail_on(parser)
    second_opinion.add_arguments(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.cli.globs import expand
    from compat.identify.identify import identify

    named = [(path, identify(path)) for path in expand(arguments.paths)]
    answers = second_opinion.with_opinions(named, arguments)
    _show(answers, arguments.format)
    if any(answer.id == "unknown" for _, answer in answers):
        return ExitCode.NOTHING_CHECKED
    findings = (finding for _, answer in answers for finding in answer.findings)
    return exit_for(findings, Severity(arguments.fail_on))


def _show(answers: "Sequence[tuple[Path, Identification]]", form: str) -> None:
    if form == "text":
        for path, answer in answers:
            _print(path, answer)
        return
    results = [_result(path, answer) for path, answer in answers]
    if form == "json":
        print_json("identify", results)
    else:
        from compat.cli.sarif import print_sarif

        print_sarif("identify", results)


def _result(path: Path, answer: "Identification") -> Result:
    return Result(
        subject=str(path),
        verdict=answer.id,
        findings=answer.findings,
        measures={**_facts(answer), "parts": [_facts(part) for part in answer.parts]},
    )


def _facts(answer: "Identification") -> dict[str, object]:
    return {"id": answer.id, **{name: to_data(getattr(answer, name)) for name in _FACTS}} | {
        key: to_data(value) for key, value in answer.measures.items() if key not in _FACTS
    }


_FACTS = (
    "family", "variant", "role", "generation", "layout", "traits", "evidence", "near_misses",
    "carries", "lacks", "needs", "placement", "dims", "parameters", "dtypes", "quantisation",
    "expected_bytes",
)  # fmt: skip
"""Fields of an identification that the machine format carries under their own names."""


def _print(path: Path, answer: "Identification") -> None:
    from compat.cli.identify_text import identification_lines

    for line in identification_lines(path, answer):
        print(line)
    second_opinion.print_opinions(answer)
    print_findings(answer.findings)


COMMAND = Command(
    name="identify",
    summary="say which model a file or folder holds and what it needs",
    add_arguments=_add_arguments,
    run=_run,
)
