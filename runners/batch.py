"""Asks probes about devices in a warm worker; one that crashes, hangs or leaks costs itself."""

import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from compat.core import system
from compat.core.codec import from_data, to_data
from compat.core.model import (
    Cell,
    Crash,
    Device,
    Environment,
    Finding,
    Outcome,
    Probe,
    ProbeResult,
    Target,
)
from runners.process import RemoteError, Worker, WorkerDiedError

# Importing torch and diffusers from a cold disk; it is not part of a probe's own time limit.
PREPARE_SECONDS = 300.0
_MIB = 1 << 20

StartWorker = Callable[[Path], Worker]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One probe aimed at one device; about ``model`` (a path), ``material`` is its header.

    ``cell`` is the one that is meant, for a probe that has cells.
    """

    probe: Probe
    device: Device
    model: str = ""
    material: Mapping[str, object] = field(default_factory=dict)
    cell: Cell | None = None

    @property
    def target(self) -> Target:
        """The device and the cell as the probe and the evidence see them."""
        return Target(
            backend=_backend(self),
            device=self.device.kind,
            loader=self.cell.loader if self.cell else "",
            model=self.model or self.probe.model,
            dtype=self.cell.dtype if self.cell else "",
            quantisation=self.cell.quantisation if self.cell else "",
        )


def questions(
    probes: Iterable[Probe],
    devices: Iterable[Device],
    material: Mapping[str, object] | None = None,
) -> tuple[Question, ...]:
    """Pair every probe, and each of its cells, with the devices it is for.

    A probe that names no device asks about files or software and is asked once, beside the
    processor; a probe for ``cuda`` is asked of ROCm cards too, which torch also calls that.
    ``material`` goes with every question about a cell.
    """
    asked = tuple(devices)
    return tuple(
        Question(probe=probe, device=device, cell=cell, material=(material or {}) if cell else {})
        for probe in probes
        for device in asked
        if _is_for(probe, device.kind)
        for cell in probe.cells or (None,)
    )


def ask_all(
    asked: Iterable[Question],
    environment: Environment | None,
    *,
    package: str = "probes",
    python: Path | None = None,
    start: StartWorker | None = None,
    on_start: Callable[[Question], None] | None = None,
) -> Generator[ProbeResult]:
    """Yield the result of each question as soon as it is known, in order.

    ``package`` is where the probes stand, ``python`` the interpreter that is asked (None is this
    one), ``start`` starts a probing worker with the given log; ``environment`` is None where the
    worker's is another than this one. Close the iterator to end the worker early.
    """
    with _Bench(start or partial(_start_worker, python), package) as bench:
        for question in asked:
            if on_start is not None:
                on_start(question)
            yield _answer(bench, question, environment)


def _answer(bench: "_Bench", question: Question, environment: Environment | None) -> ProbeResult:
    began, clock = datetime.now(UTC), time.perf_counter()
    answer = _Answer()
    if reason := _cannot_be_asked(question):
        answer.outcome, answer.reason = Outcome.SKIP, reason
    else:
        bench.ask(question, answer)
    return ProbeResult(
        probe=question.probe.id,
        target=question.target,
        outcome=answer.outcome,
        reason=answer.reason,
        findings=tuple(answer.findings),
        measures=answer.measures,
        started_at=began.isoformat(timespec="milliseconds"),
        seconds=time.perf_counter() - clock if answer.seconds is None else answer.seconds,
        environment=environment.fingerprint if environment is not None else "",
        crash=answer.crash,
    )


@dataclass(slots=True)
class _Answer:
    """What has arrived from the worker so far; ``seconds`` None where it never said how long."""

    outcome: Outcome = Outcome.ERROR
    reason: str = ""
    findings: list[Finding] = field(default_factory=list)
    measures: dict[str, object] = field(default_factory=dict)
    seconds: float | None = None
    crash: Crash | None = None

    def note(self, message: Mapping[str, Any]) -> None:
        """Keep one progress message."""
        if "finding" in message:
            self.findings.append(from_data(Finding, message["finding"]))
        if "measure" in message:
            self.measures[message["measure"]] = message["value"]


class _Bench(AbstractContextManager["_Bench"]):
    """One warm worker, exchanged for a fresh one when it is no longer clean."""

    def __init__(self, start: StartWorker, package: str) -> None:
        self._start = start
        self._package = package
        self._worker: Worker | None = None
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._discard()
        self._folder.cleanup()

    def ask(self, question: Question, answer: _Answer) -> None:
        """Fill ``answer``, whatever the worker does."""
        try:
            self._ask(question, answer)
        except RemoteError as exc:
            answer.outcome, answer.reason = Outcome.ERROR, str(exc)
        except WorkerDiedError as exc:
            answer.outcome, answer.reason, answer.crash = Outcome.ERROR, str(exc), exc.crash
            self._discard()

    def _ask(self, question: Question, answer: _Answer) -> None:
        worker = self._living()
        needs = question.probe.needs
        modules = (*needs.modules, *(question.cell.modules if question.cell else ()))
        ready = worker.call("prepare", {"modules": modules}, seconds=PREPARE_SECONDS)
        if ready["missing"]:
            answer.outcome, answer.reason = Outcome.SKIP, str(ready["missing"])
            # Starting the worker took time, the question none.
            answer.seconds = 0.0
            return
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            request = {
                "package": self._package,
                "probe": question.probe.id,
                "target": to_data(question.target),
                "scratch": scratch,
                "material": question.material,
            }
            reply = worker.call("probe", request, seconds=needs.seconds, on_progress=answer.note)
        self._take(reply, answer)

    def _take(self, reply: Mapping[str, Any], answer: _Answer) -> None:
        answer.outcome = Outcome(reply["outcome"])
        answer.seconds = reply["seconds"]
        leaks = reply["left_behind"]
        answer.reason = "; ".join(filter(None, [reply["reason"], *leaks]))
        if leaks:
            answer.measures["left_behind"] = leaks
            self._discard()

    def _living(self) -> Worker:
        if self._worker is None or not self._worker.alive:
            self._discard()
            self._worker = self._start(Path(self._folder.name) / "worker.log")
        return self._worker

    def _discard(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _start_worker(python: Path | None, log: Path) -> Worker:
    return Worker("probing", log=log, python=python)


def _cannot_be_asked(question: Question) -> str:
    if question.device.unavailable:
        return question.device.unavailable
    subject = question.probe.needs.subject or (question.cell.subject if question.cell else "")
    if subject and not question.material:
        return f"it asks about {subject}, and none was named"
    needed, free = question.probe.needs.memory_mib, system.free_memory_bytes() // _MIB
    return f"it needs {needed} MiB of memory, {free} MiB are free" if needed > free else ""


def _is_for(probe: Probe, kind: str) -> bool:
    wanted = probe.needs.devices or ("cpu",)
    return kind in wanted or (kind == "rocm" and "cuda" in wanted)


def _backend(question: Question) -> str:
    if not question.probe.needs.devices:
        return "python"
    return "mlx" if question.device.kind == "mlx" else "torch"
