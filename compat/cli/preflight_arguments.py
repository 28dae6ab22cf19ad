"""Arguments and steps that ``preflight``, ``render`` and ``run`` share."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.live import Live
from compat.cli.plan_arguments import add_plan_arguments, plan_from
from compat.cli.shared_arguments import add_store
from compat.core.errors import UsageError
from compat.core.job import Estimate, GateDecision, GateState, Preflight, Waiver

if TYPE_CHECKING:
    from compat.store.store import Store
    from runners.session import Session

GIB = 1 << 30


def add_preflight_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the plan's arguments and those of the preflight and the gate."""
    add_plan_arguments(parser)
    parser.add_argument(
        "--real-size",
        action="store_true",
        help="also denoise one step and decode once at the planned size",
    )
    parser.add_argument(
        "--waive",
        action="append",
        default=[],
        metavar="CHECK=REASON",
        help="go on in spite of a check or rule; the reason stays in every report",
    )
    add_store(parser)


def session_from(arguments: argparse.Namespace) -> "Session":
    """Read the plan, look at the machine, and prepare an engine."""
    from runners.environment import this_environment
    from runners.session import open_session

    plan = plan_from(arguments)
    base = Path(arguments.plan).absolute().parent if arguments.plan else Path.cwd()
    return open_session(plan, this_environment(), base=base)


def waivers_from(arguments: argparse.Namespace) -> tuple[Waiver, ...]:
    """The waivers of the command line; ``UsageError`` for one without a reason."""
    waivers = []
    for text in arguments.waive:
        rule, _, reason = text.partition("=")
        if not (rule.strip() and reason.strip()):
            lacking = "gives no reason" if rule.strip() else "names no check"
            raise UsageError(
                f"--waive {text} {lacking}", "write --waive CHECK='why this is all right'"
            )
        waivers.append(Waiver(rule=rule.strip(), reason=reason.strip()))
    return tuple(waivers)


def check_and_decide(
    session: "Session", store: "Store", arguments: argparse.Namespace, live: Live
) -> tuple[Preflight, GateDecision]:
    """Run the preflight, decide, and keep both as evidence."""
    from runners.preflight.scratch import new_scratch
    from runners.preflight.start import Options, start_preflight

    waivers = (*session.plan.waivers, *waivers_from(arguments))
    options = Options(
        scratch=new_scratch(store.path.absolute().parent),
        waivers=waivers,
        real_size=arguments.real_size,
        on_check=live.check,
        progress=live.step,
    )
    preflight, decision = start_preflight(session, store, options)
    for waiver in waivers:
        if waiver not in decision.waived:
            live.say(
                f"  not needed: the waiver of {waiver.rule} fits nothing that failed", "yellow"
            )
    show_decision(decision, preflight.estimate, live)
    return preflight, decision


def show_decision(decision: GateDecision, estimate: Estimate | None, live: Live) -> None:
    """Say whether the gate is open, why not, what was waived and what the run will cost."""
    for waiver in decision.waived:
        live.say(f"  waived {waiver.rule}: {waiver.reason}", "yellow")
    for sentence in decision.undecided:
        live.say(f"  not checked {sentence}", "yellow")
    if decision.state is GateState.OPEN:
        live.say("gate OPEN", "bold green")
        if estimate is not None:
            live.say(f"  the full run: {describe_estimate(estimate)}")
            live.say(f"  ({estimate.basis})", "dim")
        return
    live.say("gate SHUT", "bold red")
    for sentence in decision.blocking:
        live.say(f"  {sentence}", "red")


def describe_estimate(estimate: Estimate) -> str:
    """Time, memory and disk in one line, each "unknown" where nothing was measured."""
    time = "time unknown" if estimate.seconds is None else f"about {_duration(estimate.seconds)}"
    memory, disk = estimate.peak_memory_bytes, estimate.disk_bytes
    memory_text = "memory unknown" if memory is None else f"{memory / GIB:.1f} GiB memory"
    disk_text = "disk unknown" if disk is None else f"{disk / GIB:.2f} GiB disk"
    return f"{time}, {memory_text}, {disk_text}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
