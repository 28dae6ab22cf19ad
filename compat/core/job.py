"""The nouns of one long render: what the preflight found, what the gate decided, what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from compat.core.model import Finding, Outcome


class GateState(StrEnum):
    """Whether the long render may start."""

    OPEN = "open"
    SHUT = "shut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step of the preflight.

    ``outcome`` PASS means it was checked and holds, FAIL that it does not, SKIP or ERROR that it
    could not be checked; ``reason`` says why. ``behind`` names the check whose end kept this
    one from being made. ``pictures`` are paths of what a person may look at.
    """

    id: str
    title: str
    outcome: Outcome
    reason: str = ""
    behind: str = ""
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, object] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the full run will cost; None where it could not be estimated."""

    seconds: float | None
    peak_memory_bytes: int | None
    disk_bytes: int | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """Everything that was checked before the gate decides, in the order it was checked."""

    fingerprint: str
    plan: Mapping[str, object]
    checks: tuple[Check, ...]
    estimate: Estimate | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A person's decision to go on in spite of one check or rule, with the reason."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecision:
    """Open or shut, for exactly this fingerprint, with every reason.

    ``blocking`` are sentences that keep the gate shut, ``undecided`` what could not be checked and
    does not block by policy, ``waived`` what was waived and why.
    """

    fingerprint: str
    state: GateState
    blocking: tuple[str, ...]
    undecided: tuple[str, ...]
    waived: tuple[Waiver, ...]
    decided_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened in a run; ``number`` counts from 0 without gaps within the run.

    ``kind`` is one of: run-started, window-denoised, window-decoded, window-judged,
    window-retried, run-interrupted, run-stopped, run-resumed, run-finished.
    """

    run: str
    number: int
    kind: str
    at: str
    data: Mapping[str, object] = field(default_factory=dict)
