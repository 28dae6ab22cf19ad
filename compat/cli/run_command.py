"""``framegate run``: preflight, gate and render in one go, with one warm worker."""

import argparse

from compat.cli.command import Command
from compat.cli.live import Live
from compat.cli.preflight_arguments import add_preflight_arguments, check_and_decide, session_from
from compat.cli.render_command import render_and_tell
from compat.core.errors import ExitCode
from compat.core.job import GateState


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_preflight_arguments(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.store.store import Store
    from runners.readiness import refuse_hopeless

    with Live() as live, Store.open(arguments.store) as store:
        session = session_from(arguments)
        refuse_hopeless(session.folder, session.output, store)
        with session.engine:
            _, decision = check_and_decide(session, store, arguments, live)
            if decision.state is not GateState.OPEN:
                return ExitCode.GATE_SHUT
            return render_and_tell(session, store, live, resume=False)


COMMAND = Command(
    name="run",
    summary="preflight, gate and render in one go with one warm worker",
    add_arguments=_add_arguments,
    run=_run,
)
