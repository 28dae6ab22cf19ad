"""``framegate identify``: which model is this, what are its rules, and what does it need."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli import second_opinion
from compat.cli.command import Command
from compat.cli.output import Result, exit_for, print_findings, print_json
from compat.cli.shared_arguments import add_fail_on, add_format, add_paths, require_existing
from compat.core.codec import to_data
from compat.core.errors import ExitCode
from compat.core.model import Severity

if TYPE_CHECKING:
    from compat.identify.model import Identification, Traits


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    add_format(parser)
    add_fail_on(parser)
    second_opinion.add_arguments(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.identify.identify import identify

    require_existing(arguments.paths)
    named = [(path, identify(path)) for path in arguments.paths]
    answers = second_opinion.with_opinions(named, arguments)
    if arguments.format == "json":
        print_json("identify", [_result(path, answer) for path, answer in answers])
    else:
        for path, answer in answers:
            _print(path, answer)
    if any(answer.id == "unknown" for _, answer in answers):
        return ExitCode.NOTHING_CHECKED
    findings = (finding for _, answer in answers for finding in answer.findings)
    return exit_for(findings, Severity(arguments.fail_on))


def _result(path: Path, answer: "Identification") -> Result:
    return Result(
        subject=str(path),
        verdict=answer.id,
        findings=answer.findings,
        measures={
            "family": answer.family,
            "variant": answer.variant,
            "role": answer.role,
            "traits": to_data(answer.traits),
            "evidence": list(answer.evidence),
            "near_misses": to_data(answer.near_misses),
            **answer.measures,
        },
    )


def _print(path: Path, answer: "Identification") -> None:
    print(f"{answer.id:<20} {path}")
    if answer.family != "unknown":
        print(f"  {answer.family}, {answer.variant}, {answer.role}")
    for line in answer.evidence:
        print(f"  because {line}")
    for miss in answer.near_misses:
        print(f"  nearest {miss}")
    if answer.traits is not None:
        _print_traits(answer.traits)
    second_opinion.print_opinions(answer)
    print_findings(answer.findings)


def _print_traits(traits: "Traits") -> None:
    first = traits.frame_step + traits.frame_offset
    print(
        f"  rules: frames {traits.frame_step}k+{traits.frame_offset} from {first}"
        + (f" to {traits.max_frames}" if traits.max_frames else "")
        + f", sides multiples of {traits.space_multiple}, {traits.fps:g} fps, "
        f"{traits.steps} steps, guidance {traits.guidance:g}"
    )
    picture = traits.picture
    if picture is None:
        print("  nobody has said at which size it is in distribution")
    else:
        print(f"  in distribution from {picture.width}x{picture.height}, {picture.frames} frames")
    print(f"  {traits.pipeline} needs {', '.join(traits.needs)}")


COMMAND = Command(
    name="identify",
    summary="say which model a file or folder holds and what it needs",
    add_arguments=_add_arguments,
    run=_run,
)
