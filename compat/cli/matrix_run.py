"""Runs the cells of the matrix that have no answer yet, keeping each answer as it comes."""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compat.core.model import Environment, Outcome, Probe
from reports.matrix.build import DEVICES
from reports.matrix.declared import declared, is_asked_on, wanted_questions
from reports.matrix.model import Question, Wanted
from reports.matrix.setups import way_of
from reports.matrix.unanswered import device_of

if TYPE_CHECKING:
    from compat.store.store import Store
    from runners.batch import Question as Aimed


def run_missing(
    probes: Sequence[Probe],
    store: "Store",
    wanted: Wanted,
    comfyui: Path | None,
    python: Path | None,
    *,
    again: bool,
) -> None:
    """Run what has no answer yet, all of it with ``again``, and keep each answer as it comes.

    Cells of a ComfyUI are run by ``python``, everything else by this interpreter; without a
    ComfyUI ``python`` runs all. None is this interpreter.
    """
    every = _wanted(probes, wanted)
    theirs = [question for question in every if question.cell.subject and comfyui is not None]
    mine = [question for question in every if question not in theirs]
    material = {"comfyui": str(comfyui.absolute())} if comfyui else {}
    for asked, interpreter in ((mine, None if comfyui else python), (theirs, python)):
        if asked:
            _round(asked, store, wanted, material, interpreter, again=again)


def _wanted(probes: Sequence[Probe], wanted: Wanted) -> list[Question]:
    """Every question that is shown, cells first."""
    every = declared(probes)
    narrowed = wanted.families or wanted.loaders or wanted.dtypes
    beside = [] if narrowed else [q for q in every.all if q not in every.renders]
    return [*wanted_questions(every.renders, wanted), *beside]


def _round(
    asked: Sequence[Question],
    store: "Store",
    wanted: Wanted,
    material: Mapping[str, object],
    python: Path | None,
    *,
    again: bool,
) -> None:
    """Ask one interpreter; interrupted, say how to go on."""
    from compat.cli.probe_output import Watching
    from runners.batch import ask_all
    from runners.environment import this_environment

    environment = this_environment(python)
    store.record_environment(environment)
    answered = _answered(store, environment) if not again else frozenset()
    aimed = _aimed(asked, environment, wanted, material)
    left = [question for question in aimed if _key(question) not in answered]
    done = 0
    try:
        with Watching(len(left)) as watching:
            answering = ask_all(left, environment, python=python, on_start=watching.started)
            with contextlib.closing(answering) as results:
                for result in results:
                    store.record_result(result)
                    done += 1
                    watching.finished(result)
    except KeyboardInterrupt:
        kept = f"{done} of {len(left)} cells are kept; --run goes on with the rest"
        print(kept, file=sys.stderr)
        raise


def _aimed(
    asked: Sequence[Question],
    environment: Environment,
    wanted: Wanted,
    material: Mapping[str, object],
) -> list["Aimed"]:
    """The questions, each to every usable device that it is for."""
    from runners.batch import Question as Aimed

    kinds = [kind for kind in (*DEVICES, "mlx") if not wanted.devices or kind in wanted.devices]
    devices = [device_of(kind, environment.devices) for kind in kinds]
    return [
        Aimed(
            probe=question.probe,
            device=device,
            cell=question.cell if question.probe.cells else None,
            material=material if question.cell.subject else {},
        )
        for question in asked
        for device in devices
        if not device.unavailable and is_asked_on(question.probe, device.kind)
    ]


def _key(question: "Aimed") -> tuple[object, ...]:
    target = question.target
    return (question.probe.id, target.device, target.loader, target.dtype, target.quantisation)


def _answered(store: "Store", environment: Environment) -> frozenset[tuple[object, ...]]:
    """What was answered under this very environment; a crash is no answer and is tried again."""
    return frozenset(
        (way.probe, result.target.device, way.loader, way.dtype, way.quantisation)
        for result in store.results()
        if result.environment == environment.fingerprint
        and result.outcome in (Outcome.PASS, Outcome.FAIL)
        for way in (way_of(result),)
    )
