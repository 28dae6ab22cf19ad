"""Drives a long render: gate, lock, loop, events, interruption, and the finished video."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from compat.core.codec import to_data
from compat.core.errors import CompatError, GateShutError, UsageError
from compat.core.job import Event, GateDecision
from compat.core.model import Environment
from compat.core.system import (
    clear_leftovers,
    on_interrupt,
    write_atomically,
)
from compat.frames.judge import Judgement, detectors
from compat.plan.model import RenderPlan
from compat.plan.schedule import Schedule, schedule
from compat.store.store import Store
from runners.assemble import assemble, draw_timeline
from runners.engine import Engine
from runners.gate import fingerprint, require_open
from runners.loop import Happening, LoopJob, RunStoppedError, run_windows
from runners.process import RemoteError, WorkerDiedError
from runners.readiness import (
    holding,
    require_loop_model,
    require_no_unfinished,
    require_place,
    stored_state,
)
from runners.run_folder import RunFolder
from runners.run_state import RunState, advance, first_incomplete

EventWatcher = Callable[[Event], None]
Progress = Callable[[Mapping[str, object]], None]


class InterruptedRunError(Exception):
    """The user stopped the run; everything up to the last whole window is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderJob:
    """What to render: the plan, the model folder, the output, and the environment it is done in."""

    plan: RenderPlan
    folder: Path
    output: Path
    environment: Environment
    resume: bool = False
    on_event: EventWatcher = lambda _event: None
    progress: Progress = lambda _message: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A finished run and the verdict on the file it left."""

    run: str
    output: Path
    judgement: Judgement
    windows: int
    frames: int
    seconds: float
    folder: RunFolder


def render(job: RenderJob, engine: Engine, store: Store) -> Finished:
    """Run the loop to the end and return what came out.

    Raises ``GateShutError`` without an open gate for exactly this fingerprint (there is no other
    way in), ``UsageError`` for a model of another family, an output that cannot be written or a run
    folder in the wrong state, ``RunStoppedError`` for garbage, ``InterruptedRunError`` after
    Ctrl-C.
    """
    require_loop_model(job.folder)
    require_place(job.output)
    wanted = fingerprint(job.plan, job.folder, job.environment)
    decision = require_open(store, wanted)
    place = RunFolder.beside(job.output)
    with holding(place, job.output):
        return _Driver(job, engine, store, decision, place).run()


class _Driver:
    """One locked run: turns happenings into stored events."""

    def __init__(
        self,
        job: RenderJob,
        engine: Engine,
        store: Store,
        decision: GateDecision,
        place: RunFolder,
    ) -> None:
        self.job = job
        self.engine = engine
        self.store = store
        self.decision = decision
        self.place = place
        self.windows: Schedule = schedule(job.plan)
        self.state = self._state()
        # Where the picture, or what it showed, was waived nobody knows what good looks like.
        waived = {waiver.rule for waiver in decision.waived}
        self.in_distribution = not waived & {"picture", *detectors()}
        self.stop_asked = False

    def run(self) -> Finished:
        started = time.perf_counter()
        self.place.prepare()
        clear_leftovers(self.job.output)
        loop = self._begin()
        try:
            with on_interrupt(self._ask_stop):
                self._load()
                for happening in run_windows(loop):
                    self._store(happening)
                    if self.stop_asked:
                        raise KeyboardInterrupt  # noqa: TRY301 - the same end as a second Ctrl-C
            return self._finish(time.perf_counter() - started)
        except KeyboardInterrupt as exc:
            if not self.state.finished:
                self._store(("run-interrupted", {"why": "stopped by the user"}))
            raise InterruptedRunError(str(self.job.output)) from exc
        except RunStoppedError as stop:
            self._store_stop(stop.window, stop.reason, list(stop.sentences))
            raise
        except (WorkerDiedError, RemoteError, CompatError, OSError) as error:
            # Nothing was wrong with the latents, so a resumed run need not make them again.
            self._store_stop(self.state.next_window, str(error), [], keep=True)
            raise

    def _load(self) -> None:
        """Load the model, and look again whether it is the one that was checked.

        Loading takes minutes, in which a file can be exchanged.
        """
        self.engine.open()
        job = self.job
        if fingerprint(job.plan, job.folder, job.environment) != self.decision.fingerprint:
            raise GateShutError(
                "the gate is shut: the model's files changed while they were loaded",
                "run framegate preflight again",
            )

    def _state(self) -> RunState:
        state = stored_state(self.place, self.store)
        if self.job.resume:
            self._check_resumable(state)
            return state
        require_no_unfinished(self.place, state)
        fresh = f"run-{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        write_atomically(self.place.run_id, fresh.encode("ascii"))
        return RunState(run=fresh)

    def _check_resumable(self, state: RunState) -> None:
        if not state.started:
            raise UsageError(
                f"there is no run to resume in {self.place.root}", "start it without --resume"
            )
        if state.fingerprint != self.decision.fingerprint:
            raise UsageError(
                "the plan, model or environment is not the one this run was started with",
                "restore them, or render to another output",
            )
        if state.finished:
            raise UsageError(f"the run in {self.place.root} is finished already")

    def _begin(self) -> LoopJob:
        count = len(self.windows.windows)
        first = first_incomplete(self.state, self.place, count)
        begun = self.state.windows.get(first)
        usable = begun is not None and begun.latents and self.place.holds(begun.latents)
        self._store(self._opening(first))
        return LoopJob(
            plan=self.job.plan,
            schedule=self.windows,
            engine=self.engine,
            folder=self.place,
            done={index: self.state.windows[index] for index in range(first)},
            begun=begun if usable else None,
            in_distribution=self.in_distribution,
            progress=self.job.progress,
        )

    def _opening(self, first: int) -> Happening:
        if self.state.started:
            return "run-resumed", {"from_window": first}
        return "run-started", {
            "plan": to_data(self.job.plan),
            "fingerprint": self.decision.fingerprint,
            "output": str(self.job.output),
            "folder": str(self.place.root),
            "windows": len(self.windows.windows),
            "frames": self.windows.target_frames,
            "environment": self.job.environment.fingerprint,
            "waived": to_data(self.decision.waived),
        }

    def _finish(self, seconds: float) -> Finished:
        self.job.progress({"stage": "assemble"})
        judgement = assemble(
            self.job.plan,
            self.windows,
            self.place,
            self.job.output,
            in_distribution=self.in_distribution,
        )
        draw_timeline(self.state.windows, self.windows, self.place)
        finished = Finished(
            run=self.state.run,
            output=self.job.output,
            judgement=judgement,
            windows=len(self.windows.windows),
            frames=self.windows.target_frames,
            seconds=seconds,
            folder=self.place,
        )
        data = {
            "output": str(self.job.output),
            "frames": finished.frames,
            "seconds": seconds,
            "sheet": str(self.place.sheet),
            "timeline": str(self.place.timeline),
            "verdict": judgement.verdict.value,
            "sentences": [finding.message for finding in judgement.findings],
        }
        self._store(("run-finished", data))
        return finished

    def _store(self, happening: Happening) -> None:
        kind, data = happening
        event = Event(
            run=self.state.run,
            number=self.state.next_event,
            kind=kind,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            data=data,
        )
        self.store.append(event)
        self.state = advance(self.state, event)
        self.job.on_event(event)

    def _store_stop(
        self, window: int, reason: str, sentences: list[str], *, keep: bool = False
    ) -> None:
        data = {"window": window, "reason": reason, "sentences": sentences, "keep": keep}
        self._store(("run-stopped", data))

    def _ask_stop(self) -> None:
        self.stop_asked = True
        self.job.progress({"stage": "stopping"})
