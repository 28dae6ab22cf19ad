"""Starts a preflight for a session, decides the gate, and keeps both as evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from compat.core.job import Check, GateDecision, Preflight, Waiver
from compat.store.store import Store
from runners.gate import decide, fingerprint
from runners.preflight.context import Context, Job, Notes, Progress
from runners.preflight.ladder import steps_for
from runners.preflight.run import preflight
from runners.preflight.scratch import keep_pictures
from runners.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one preflight is asked to do.

    ``scratch`` takes its clips, of which the pictures stay. ``references`` compares with the
    embedded model's own recorded files and frames, which users' models do not have. ``keep_going``
    runs every check whatever failed before, to learn which of them see a fault.
    """

    scratch: Path
    waivers: tuple[Waiver, ...] = ()
    real_size: bool = False
    references: bool = False
    keep_going: bool = False
    on_check: Callable[[Check], None] = lambda _check: None
    progress: Progress = lambda _name, _message: None


def start_preflight(
    session: Session, store: Store, options: Options
) -> tuple[Preflight, GateDecision]:
    """Check everything, decide, record; the engine stays warm for the loop."""
    options.scratch.mkdir(parents=True, exist_ok=True)
    store.record_environment(session.environment)
    job = Job(
        plan=session.plan,
        folder=session.folder,
        output=session.output,
        scratch=options.scratch,
        device=session.device,
        dtype=session.plan.model.dtype,
        environment=session.environment,
        fingerprint=fingerprint(session.plan, session.folder, session.environment),
    )
    context = Context(
        job=job, engine=session.engine, store=store, notes=Notes(), progress=options.progress
    )
    steps = steps_for(real_size=options.real_size, references=options.references)
    try:
        found = preflight(
            context,
            steps=steps,
            waivers=options.waivers,
            keep_going=options.keep_going,
            on_check=options.on_check,
        )
    finally:
        keep_pictures(options.scratch)
    decision = decide(found, options.waivers)
    store.record_preflight(found, environment=session.environment.fingerprint)
    store.record_decision(decision)
    return found, decision
