"""Reads the store once and gives the reports what they need, in a fixed order."""

from collections.abc import Mapping
from dataclasses import dataclass

from compat.core.job import Event, GateDecision
from compat.core.model import Environment, ProbeResult
from compat.store.store import RecordedPreflight, Run, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStory:
    """A run with all its events."""

    run: Run
    events: tuple[Event, ...]

    def data(self, kind: str) -> Mapping[str, object]:
        """The data of the last event of this kind; empty where there is none."""
        return next((e.data for e in reversed(self.events) if e.kind == kind), {})

    @property
    def plan(self) -> Mapping[str, object]:
        """The plan the run was started with; empty where it was not recorded."""
        plan = self.data("run-started").get("plan")
        return plan if isinstance(plan, Mapping) else {}

    @property
    def fingerprint(self) -> str:
        """The fingerprint the gate opened for."""
        return str(self.data("run-started").get("fingerprint", ""))

    @property
    def environment(self) -> str:
        """The fingerprint of the environment; empty where it was not recorded."""
        found = self.data("run-started").get("environment")
        return str(found.get("fingerprint", "")) if isinstance(found, Mapping) else str(found or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything in a store, oldest first."""

    environments: Mapping[str, Environment]
    results: tuple[ProbeResult, ...]
    preflights: tuple[RecordedPreflight, ...]
    decisions: tuple[GateDecision, ...]
    runs: tuple[RunStory, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever probed, checked, decided or rendered."""
        return not (self.results or self.preflights or self.decisions or self.runs)

    @property
    def last_at(self) -> str:
        """The latest time stamp in the evidence; reports carry it instead of the current time."""
        stamps = [
            *(result.started_at for result in self.results),
            *(preflight.recorded_at for preflight in self.preflights),
            *(decision.decided_at for decision in self.decisions),
            *(story.run.last_at for story in self.runs),
        ]
        return max(stamps, default="")

    def environment_of_plan(self, fingerprint: str) -> Environment | None:
        """The environment a plan was checked or rendered on; None where it was not recorded."""
        stories = (s.environment for s in self.runs if s.fingerprint == fingerprint)
        checked = (p.environment for p in self.preflights if p.preflight.fingerprint == fingerprint)
        known = (self.environments.get(key) for key in (*checked, *stories) if key)
        return next((environment for environment in known if environment), None)

    def preflight_before(self, decision: GateDecision) -> RecordedPreflight | None:
        """The preflight that a decision was made on: the last one up to it with its fingerprint."""
        same = [p for p in self.preflights if p.preflight.fingerprint == decision.fingerprint]
        # Decisions are stamped to the second and recorded after the preflight.
        earlier = [p for p in same if p.recorded_at[:19] <= decision.decided_at[:19]]
        return next(reversed(earlier or same), None)


def is_cell(result: ProbeResult) -> bool:
    """Whether a result is about a cell of the matrix: a model in one of the ways of running it."""
    return bool(result.target.model and result.target.loader)


def read_evidence(store: Store) -> Evidence:
    """Read the whole store."""
    return Evidence(
        environments=store.environments(),
        results=store.results(),
        preflights=store.preflights(),
        decisions=store.decisions(),
        runs=tuple(RunStory(run=run, events=store.events(run.run)) for run in store.runs()),
    )
