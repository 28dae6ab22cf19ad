"""Runs the cells of the matrix that have no answer yet, keeping each answer as it comes."""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compat.core.model import Environment, Outcome, Probe
from reports.matrix.build import DEVICES, way_of
from reports.matrix.declared import declared, is_asked_on, wanted_questions
from reports.matrix.model import Wanted
from reports.matrix.unanswered import device_of

if TYPE_CHECKING:
    from compat.store.store import Store
    from runners.batch import Question


def missing(
    probes: Sequence[Probe],
    environment: Environment,
    store: "Store",
    wanted: Wanted,
    *,
    material: Mapping[str, object],
    again: bool,
) -> list["Question"]:
    """The questions that have no answer under this environment; all of them with ``again``."""
    every = _questions(probes, environment, wanted, material)
    answered: frozenset[tuple[object, ...]] = (
        frozenset() if again else _answered(store, environment)
    )
    return [question for question in every if _key(question) not in answered]


def run_all(
    asked: Sequence["Question"], environment: Environment, store: "Store", python: Path | None
) -> None:
    """Ask, and keep each answer as it comes; interrupted, say how to go on."""
    from compat.cli.probe_output import Watching
    from runners.batch import ask_all

    done = 0
    try:
        with Watching(len(asked)) as watching:
            answering = ask_all(asked, environment, python=python, on_start=watching.started)
            with contextlib.closing(answering) as results:
                for result in results:
                    store.record_result(result)
                    done += 1
                    watching.finished(result)
    except KeyboardInterrupt:
        left = f"{done} of {len(asked)} cells are kept; --run goes on with the rest"
        print(left, file=sys.stderr)
        raise


def _questions(
    probes: Sequence[Probe],
    environment: Environment,
    wanted: Wanted,
    material: Mapping[str, object],
) -> list["Question"]:
    """Every wanted question to the usable devices, cells first."""
    from runners.batch import Question

    every = declared(probes)
    renders = wanted_questions(every.renders, wanted)
    narrowed = wanted.families or wanted.loaders or wanted.dtypes
    beside = [] if narrowed else [q for q in every.all if q not in every.renders]
    kinds = [kind for kind in (*DEVICES, "mlx") if not wanted.devices or kind in wanted.devices]
    devices = [device_of(kind, environment.devices) for kind in kinds]
    return [
        Question(
            probe=question.probe,
            device=device,
            cell=question.cell if question.probe.cells else None,
            material=material if question.probe.cells else {},
        )
        for question in (*renders, *beside)
        for device in devices
        if not device.unavailable and is_asked_on(question.probe, device.kind)
    ]


def _key(question: "Question") -> tuple[object, ...]:
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
