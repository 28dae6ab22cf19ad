"""Collects what worked here: probes that pass, gates that opened, runs that finished."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from compat.core.job import GateDecision, GateState
from compat.core.model import Environment, Outcome, ProbeResult
from compat.knowledge.model import Solution
from reports.attempts import latest_results
from reports.evidence import Evidence, RunStory
from reports.wording import say_target


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A probe that passes now on a target: how often it did, and when last."""

    probe: str
    target: str
    environment: str
    times: int
    last_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A known solution and the passing probes of this machine that confirm it, if any."""

    solution: Solution
    by: tuple[Passing, ...]


def passing_now(evidence: Evidence) -> tuple[Passing, ...]:
    """Return every probe and target whose latest result is a pass, sorted."""
    passes = Counter(_cell(r) for r in evidence.results if r.outcome is Outcome.PASS)
    return tuple(
        Passing(
            probe=result.probe,
            target=say_target(result.target),
            environment=result.environment,
            times=passes[_cell(result)],
            last_at=result.started_at,
        )
        for result in latest_results(evidence)
        if result.outcome is Outcome.PASS
    )


def _cell(result: ProbeResult) -> tuple[str, str, str]:
    return result.probe, say_target(result.target), result.environment


def opened_gates(evidence: Evidence) -> tuple[GateDecision, ...]:
    """Return the latest decision of each fingerprint that is open, latest first."""
    latest = {decision.fingerprint: decision for decision in evidence.decisions}
    opened = [d for d in latest.values() if d.state is GateState.OPEN]
    return tuple(sorted(opened, key=lambda d: (d.decided_at, d.fingerprint), reverse=True))


def finished_runs(evidence: Evidence) -> tuple[RunStory, ...]:
    """Return the runs that finished, latest first."""
    done = [story for story in evidence.runs if story.run.state == "finished"]
    return tuple(sorted(done, key=lambda s: (s.run.last_at, s.run.run), reverse=True))


def confirmations(
    passing: Iterable[Passing],
    known: Iterable[Solution],
    environments: Iterable[Environment],
) -> tuple[Confirmation, ...]:
    """Say of each solution that fits this machine what confirms it; the confirmed ones first."""
    kinds = {d.kind for e in environments for d in e.devices if not d.unavailable}
    fitting = [s for s in known if not s.devices or not kinds or kinds.intersection(s.devices)]
    every = tuple(passing)
    found = [
        Confirmation(solution=s, by=tuple(p for p in every if _confirms(p, s))) for s in fitting
    ]
    return tuple(sorted(found, key=lambda c: (not c.by, c.solution.id)))


def _confirms(passing: Passing, solution: Solution) -> bool:
    if passing.probe not in solution.confirmed_by:
        return False
    device = passing.target.split(" · ")[0].partition(":")[0]
    return not solution.devices or device in solution.devices
