"""``framegate demo``: the whole job on the embedded model, or broken on purpose."""

import argparse
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.live import Live
from compat.cli.preflight_arguments import show_decision
from compat.cli.render_command import render_and_tell
from compat.core.errors import ExitCode
from compat.core.job import GateState

if TYPE_CHECKING:
    from compat.core.model import Environment
    from compat.store.store import Store
    from runners.demo.faults import Variation

SHORTEST, LONGEST = 1.0, 3600.0
"""Seconds a demo may last: below one there is nothing to see, above an hour it is no demo."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--break",
        dest="fault",
        metavar="FAULT",
        help="inject one fault (see --list) and watch the gate stay shut",
    )
    parser.add_argument("--list", action="store_true", help="list the faults and benign changes")
    parser.add_argument(
        "--seconds", type=float, default=12.0, help="length of the video (default: 12)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("framegate-demo"),
        metavar="DIR",
        help="where everything goes (default: framegate-demo)",
    )
    parser.add_argument(
        "--references",
        action="store_true",
        help="also compare with the embedded model's recorded files and frames",
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="run every check whatever failed before, to see which ones notice a fault",
    )


def _run(arguments: argparse.Namespace) -> ExitCode:
    if arguments.list:
        return _list()
    variation = _variation(arguments.fault)
    _check_seconds(arguments.seconds)
    folder: Path = arguments.output.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    from compat.store.store import Store

    with Live() as live, Store.open(folder / "evidence.sqlite3") as store:
        live.say(f"framegate demo: everything goes to {folder}")
        live.doing("looking at this machine")
        code = _main_job(arguments, folder, store, live, variation)
        _report(folder, store, live)
    return code


def _check_seconds(seconds: float) -> None:
    """An impossible length is known before any work is done."""
    from compat.core.errors import UsageError

    if not SHORTEST <= seconds <= LONGEST:
        raise UsageError(
            f"--seconds is {seconds:g}, expected {SHORTEST:g} to {LONGEST:g}",
            "leave it out for 12 seconds",
        )


def _list() -> ExitCode:
    from runners.demo.faults import VARIATIONS

    for item in VARIATIONS:
        kind = "benign" if item.benign else "fault"
        print(f"{item.id:<22}{kind:<8}{item.title}")
    return ExitCode.OK


def _variation(name: str | None) -> "Variation | None":
    from compat.core.errors import UsageError
    from runners.demo.faults import VARIATIONS, variation_named

    if name is None:
        return None
    found = variation_named(name)
    if found is None:
        known = ", ".join(item.id for item in VARIATIONS)
        raise UsageError(f"there is no fault called {name!r}", f"known are: {known}")
    return found


def _main_job(
    arguments: argparse.Namespace,
    folder: Path,
    store: "Store",
    live: Live,
    variation: "Variation | None",
) -> ExitCode:
    from runners.demo.job import demo_session
    from runners.environment import this_environment
    from runners.preflight.start import Options, start_preflight

    environment = this_environment()
    if variation is None:
        _probe(environment, store, live)
    session = demo_session(folder, environment, arguments.seconds, variation)
    name = variation.id if variation else "demo"
    _start_afresh(session.output)
    live.say(f"preflight of {name}: {variation.title if variation else 'the embedded model'}")
    started = time.perf_counter()
    with session.engine:
        options = Options(
            scratch=folder / "preflight" / name,
            references=arguments.references,
            keep_going=arguments.keep_going,
            on_check=live.check,
            progress=live.step,
        )
        preflight, decision = start_preflight(session, store, options)
        show_decision(decision, preflight.estimate, live)
        live.say(f"  decided after {time.perf_counter() - started:.1f} s")
        if decision.state is not GateState.OPEN:
            return ExitCode.GATE_SHUT
        live.say("LTX loop")
        return render_and_tell(session, store, live, resume=False)


def _start_afresh(output: Path) -> None:
    """The demo always renders anew; an unfinished earlier one is not worth keeping.

    One that goes on in another process is: ``UsageError`` then.
    """
    from runners.readiness import holding
    from runners.run_folder import RunFolder

    place = RunFolder.beside(output)
    if place.lock.exists():
        with holding(place, output):
            pass
    shutil.rmtree(place.root, ignore_errors=True)


def _probe(environment: "Environment", store: "Store", live: Live) -> None:
    from compat.cli.probe_command import ask_and_record

    live.say("probes on this machine's CPU")
    counts = ask_and_record(environment, "cpu", store, live.doing)
    live.say("  " + ", ".join(f"{number} {outcome}" for outcome, number in counts.items()))


def _report(folder: Path, store: "Store", live: Live) -> None:
    from reports.write import write_reports

    paths = write_reports(store, folder / "report")
    live.say("reports")
    for path in paths:
        live.say(f"  {path}")


COMMAND = Command(
    name="demo",
    summary="run the whole job on the embedded model, or break it on purpose",
    add_arguments=_add_arguments,
    run=_run,
)
