"""What the checks of one preflight share: the plan, the model, the engine and what is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from compat.core.model import Environment, Finding, Outcome
from compat.plan.model import RenderPlan
from runners.engine import Engine
from runners.engines.messages import ClipAnswer, ClipRequest, OpenAnswer

if TYPE_CHECKING:
    from compat.identify.model import Identification
    from compat.store.store import Store

Progress = Callable[[str, Mapping[str, object]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The one render that is being checked: resolved paths and a concrete device and dtype."""

    plan: RenderPlan
    folder: Path
    output: Path
    scratch: Path
    device: str
    dtype: str
    environment: Environment
    fingerprint: str


@dataclass(slots=True)
class Notes:
    """What earlier checks learned and later ones build on; None while unknown."""

    identification: "Identification | None" = None
    opened: OpenAnswer | None = None
    judge_seconds_per_frame: float | None = None
    encode_seconds_per_frame: float | None = None
    judged_pixels: int | None = None
    asked: tuple[ClipRequest, ClipAnswer] | None = None
    clips: list[tuple[ClipRequest, ClipAnswer]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every check is handed."""

    job: Job
    engine: Engine
    store: "Store"
    notes: Notes
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a check says. With no outcome of its own it fails on any finding from MEDIUM up."""

    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, object] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()
    outcome: Outcome | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One check: ``needs`` names the checks that must have passed before it makes sense."""

    id: str
    title: str
    run: Callable[[Context], Answer]
    needs: tuple[str, ...] = ()


class UndecidedError(Exception):
    """The check could not find out; the sentence says why."""
