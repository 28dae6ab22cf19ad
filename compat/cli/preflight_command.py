"""``framegate preflight``: check everything a long render needs, and decide the gate."""

import argparse

from compat.cli.command import Command
from compat.cli.live import Live
from compat.cli.output import Result, print_json
from compat.cli.preflight_arguments import (
    add_preflight_arguments,
    check_and_decide,
    session_from,
)
from compat.cli.shared_arguments import add_format
from compat.core.codec import to_data
from compat.core.errors import ExitCode
from compat.core.job import GateDecision, GateState, Preflight


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_preflight_arguments(parser)
    add_format(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.store.store import Store

    with Live() as live, Store.open(arguments.store) as store:
        session = session_from(arguments)
        with session.engine:
            preflight, decision = check_and_decide(session, store, arguments, live)
    if arguments.format == "json":
        print_json("preflight", [_result(str(session.folder), preflight, decision)])
    return ExitCode.OK if decision.state is GateState.OPEN else ExitCode.GATE_SHUT


def _result(subject: str, preflight: Preflight, decision: GateDecision) -> Result:
    findings = [finding for check in preflight.checks for finding in check.findings]
    measures = {
        "fingerprint": preflight.fingerprint,
        "blocking": list(decision.blocking),
        "undecided": list(decision.undecided),
        "waived": to_data(decision.waived),
        "checks": to_data(preflight.checks),
        "estimate": to_data(preflight.estimate),
        "seconds": preflight.seconds,
    }
    return Result(
        subject=subject, verdict=decision.state.value, findings=findings, measures=measures
    )


COMMAND = Command(
    name="preflight",
    summary="check everything a long render needs, and decide the gate",
    add_arguments=_add_arguments,
    run=_run,
)
