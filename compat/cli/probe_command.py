"""``framegate probe``: asks this machine what it can compute, and what it gets wrong."""

import argparse
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.cell_filters import CellFilter, narrowed
from compat.cli.command import Command
from compat.cli.did_you_mean import did_you_mean
from compat.cli.shared_arguments import (
    add_comfyui,
    add_format,
    add_python,
    add_store,
    material_from,
    require_interpreter,
)
from compat.core.errors import ExitCode, NothingCheckedError, UsageError
from compat.core.model import Device, Environment, Level, Outcome, Probe, ProbeResult, Verdict

if TYPE_CHECKING:
    from compat.store.store import Store
    from runners.batch import Question

KINDS = ("cpu", "cuda", "mps", "mlx")
Told = tuple[ProbeResult, Verdict]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device",
        choices=("auto", *KINDS),
        default="auto",
        help="auto, the default: every device that is there; cuda means ROCm cards too",
    )
    parser.add_argument("--only", action="append", metavar="ID", help="ask this probe; repeatable")
    parser.add_argument(
        "--level",
        choices=[str(level) for level in Level],
        help="quick: seconds; standard, the default: loads diffusers too; long: minutes, gigabytes",
    )
    parser.add_argument(
        "--loader",
        action="append",
        metavar="NAME",
        help="of the renders, those by this loader (diffusers-folder, quanto, ...); repeatable",
    )
    parser.add_argument(
        "--dtype",
        action="append",
        metavar="NAME",
        help="of the renders, those in this dtype or quantisation (bfloat16, int8, ...)",
    )
    add_python(parser)
    add_comfyui(
        parser,
        "render with this ComfyUI too (the folder with its main.py), in the interpreter it holds "
        "unless --python names another; its code is run for that",
    )
    add_store(parser)
    add_format(parser)
    parser.add_argument("--list", action="store_true", help="list the probes and ask none")


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.cli import probe_output
    from compat.core.collect import collect

    known = collect("probes", Probe)
    wanted = CellFilter(
        # The list leaves out nothing that was not asked to be left out.
        level=Level(arguments.level or (Level.LONG if arguments.list else Level.STANDARD)),
        loaders=tuple(arguments.loader or ()),
        dtypes=tuple(arguments.dtype or ()),
    )
    level = Level.LONG if wanted.names_cells else wanted.level
    probes = narrowed(chosen(known, arguments.only, level=level), wanted)
    if arguments.list:
        about_files = [] if arguments.only else [p for p in known.values() if p.needs.subject]
        probe_output.print_list([*probes, *about_files], arguments.format)
        return ExitCode.OK
    from runners.batch import questions
    from runners.environment import this_environment

    began = time.perf_counter()
    python, material = interpreter_of(arguments), material_from(arguments)
    environment = this_environment(python)
    asked = questions(probes, devices_of(environment, arguments.device), material)
    if not asked:
        raise NothingCheckedError(
            f"no probe was asked: none of the chosen ones is for {arguments.device}",
            "framegate probe --list tells which devices a probe is for",
        )
    told = _ask(asked, environment, arguments.store, python)
    took = time.perf_counter() - began
    probe_output.print_told(told, environment, arguments.format, seconds=took)
    return exit_code(told)


def interpreter_of(arguments: argparse.Namespace) -> Path | None:
    """The interpreter to ask: the one named, else the one the ComfyUI holds, None for this one.

    ``UsageError`` where the one named is no file.
    """
    from runners.second_opinion import Wanted, comfyui_python

    named: Path | None = arguments.python
    require_interpreter(named)
    return comfyui_python(Wanted(comfyui=arguments.comfyui, python=named))


def chosen(probes: dict[str, Probe], only: Sequence[str] | None, *, level: Level) -> list[Probe]:
    """The probes to ask; ``UsageError`` for an id that does not exist.

    Probes that were asked for by name are asked at every level. Those about a file are left to the
    command that is given one.
    """
    for name in only or ():
        if name not in probes:
            hint = did_you_mean(name, probes, "framegate probe --list names them all")
            raise UsageError(f"there is no probe {name!r}", hint)
    if only:
        return [probes[name] for name in dict.fromkeys(only)]
    machine = about_the_machine(probes.values())
    return [p for p in machine if p.needs.level.rank <= level.rank]


def about_the_machine(probes: Iterable[Probe]) -> list[Probe]:
    """The probes that ask this machine alone, not about a file somebody has to name."""
    return [probe for probe in probes if not probe.needs.subject]


def devices_of(environment: Environment, wanted: str) -> list[Device]:
    """The first device of each kind that is wanted; with ``auto`` those that can be used.

    A device that was asked for by name is among them even where it cannot be used, so that its
    probes are told as skipped with the reason.
    """
    first = [device for device in environment.devices if device.index == 0]
    if wanted == "auto":
        return [device for device in first if not device.unavailable]
    kinds = ("cuda", "rocm") if wanted == "cuda" else (wanted,)
    return [device for device in first if device.kind in kinds]


def exit_code(told: Sequence[Told]) -> ExitCode:
    """FINDINGS for a new failure, a broken probe or a stale entry, OK where anything was answered.

    Known failures are strict: what relies on one that is gone, relies on something wrong.
    """
    if any(_asks_for_a_look(result, verdict) for result, verdict in told):
        return ExitCode.FINDINGS
    answered = any(result.outcome is not Outcome.SKIP for result, _ in told)
    return ExitCode.OK if answered else ExitCode.NOTHING_CHECKED


def _asks_for_a_look(result: ProbeResult, verdict: Verdict) -> bool:
    broken = result.outcome is Outcome.ERROR and verdict is not Verdict.KNOWN
    return broken or verdict in (Verdict.NEW, Verdict.STALE)


def ask_and_record(
    environment: Environment, device: str, store: "Store", doing: Callable[[str], None]
) -> dict[str, int]:
    """Ask a quick round for ``device``, keep the results, and count them by what they mean.

    ``doing`` is told the probe that is being asked.
    """
    from compat.cli.probe_output import MEANINGS, title
    from compat.core.collect import collect
    from runners.batch import questions

    probes = chosen(collect("probes", Probe), None, level=Level.QUICK)
    asked = questions(probes, devices_of(environment, device))
    told = _told(asked, environment, store, lambda q: doing(title(q.probe.id, q.target)))
    counts = Counter(verdict for _, verdict in told)
    return {MEANINGS[verdict]: counts[verdict] for verdict in Verdict if counts[verdict]}


def _ask(
    asked: "Sequence[Question]", environment: Environment, file: Path | None, python: Path | None
) -> list[Told]:
    from compat.cli.probe_output import Watching
    from compat.store.store import Store

    told = []
    with Store.open(file) as store, Watching(len(asked)) as watching:
        for pair in _told(asked, environment, store, watching.started, python):
            told.append(pair)
            watching.finished(pair[0])
    return told


def _told(
    asked: "Sequence[Question]",
    environment: Environment,
    store: "Store",
    on_start: "Callable[[Question], None]",
    python: Path | None = None,
) -> Iterator[Told]:
    """Ask, keep each result as it comes, and say what it means; ``python`` None is this one."""
    from compat.knowledge import known_failures, verdict
    from runners.batch import ask_all

    store.record_environment(environment)
    answering = ask_all(asked, environment, python=python, on_start=on_start)
    with contextlib.closing(answering) as results:
        for result in results:
            store.record_result(result)
            yield result, verdict(result, known_failures(), environment)


COMMAND = Command(
    name="probe",
    summary="ask this machine what it can compute, and what it gets wrong",
    add_arguments=_add_arguments,
    run=_run,
)
