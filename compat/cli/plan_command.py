"""``framegate plan``: checks a plan and shows its windows and arithmetic."""

import argparse
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.plan_arguments import GivenPlan, add_plan_arguments, given_plan
from compat.cli.shared_arguments import add_format
from compat.core.errors import ExitCode
from compat.core.model import Finding, Severity

if TYPE_CHECKING:
    from compat.plan.schedule import Schedule


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PLAN and the flags of a plan, --format and --fail-on."""
    add_plan_arguments(parser)
    add_format(parser)
    parser.add_argument(
        "--fail-on",
        type=Severity,
        choices=list(Severity),
        default=Severity.MEDIUM,
        help="exit 1 for advice from this severity up (default: medium); a plan that breaks a "
        "rule exits 2 always",
    )


def run(namespace: argparse.Namespace) -> ExitCode:
    """Show every broken rule, else the windows; exit 2 for a plan that is not legal."""
    from compat.cli.output import exit_for
    from compat.plan.schedule import schedule
    from compat.plan.validate import is_legal

    given = given_plan(namespace)
    findings = given.findings()
    legal = is_legal(findings)
    windows = schedule(given.plan) if legal else None
    if namespace.format == "json":
        _print_json(given, findings, windows)
    else:
        _print_text(given, findings, windows)
    waived = {waiver.rule for waiver in given.plan.waivers}
    advice = [finding for finding in findings if finding.rule not in waived]
    return exit_for(advice, namespace.fail_on) if legal else ExitCode.USAGE


def _print_json(
    given: GivenPlan, findings: tuple[Finding, ...], windows: "Schedule | None"
) -> None:
    from compat.cli.output import Result, print_json
    from compat.cli.plan_table import measures_of

    verdict = "legal" if windows else "illegal"
    measures = measures_of(given.plan, windows) if windows else {}
    result = Result(subject=given.subject, verdict=verdict, findings=findings, measures=measures)
    print_json("plan", [result])


def _print_text(
    given: GivenPlan, findings: tuple[Finding, ...], windows: "Schedule | None"
) -> None:
    from compat.cli.output import print_findings
    from compat.cli.plan_table import print_schedule

    if windows:
        print(f"{given.subject}: the plan is legal")
        print_schedule(given.plan, windows)
    else:
        count = sum(finding.severity is Severity.HIGH for finding in findings)
        print(f"{given.subject}: the plan breaks {count} rule{'s' if count > 1 else ''}")
    print_findings(findings)


COMMAND = Command(
    name="plan",
    summary="check a plan and show its windows and arithmetic",
    add_arguments=add_arguments,
    run=run,
)
