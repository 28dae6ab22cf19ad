"""The nouns that every layer shares: outcomes, findings, places, devices and probes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn, Protocol


class Outcome(StrEnum):
    """What happened. ERROR is our fault or the machine's; FAIL is the answer "no"."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    FAIL = "fail"
    SKIP = "skip"
    ERROR = "error"


class Verdict(StrEnum):
    """What an outcome means in the light of the knowledge base."""

    OK = "ok"
    KNOWN = "known"
    NEW = "new"
    STALE = "stale"
    UNDECIDED = "undecided"


class Severity(StrEnum):
    """How much a finding matters to the render that is planned."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Position in the order INFO < LOW < MEDIUM < HIGH."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure the rule is of what it says."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a finding stands: a file, tensor, node, frame, package, device or plan key.

    ``path`` names the thing (a file path, a device name, a plan key) and ``detail`` the spot
    inside it (a byte offset, a tensor name, a frame number).
    """

    kind: str
    path: str
    detail: str = ""

    def __str__(self) -> str:
        """Write the place the way messages quote it."""
        return f"{self.path} ({self.detail})" if self.detail else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was noticed, where, how bad it is and what to do about it.

    ``rule`` is a stable kebab-case id; ``message`` is one lower-case sentence with what was found
    and what was expected; ``evidence`` holds the numbers behind it, JSON values only.
    """

    rule: str
    severity: Severity
    message: str
    place: Place
    remedy: str = ""
    confidence: Confidence = Confidence.HIGH
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One thing that can compute. ``kind`` is cpu, cuda, rocm, mps or mlx.

    ``unavailable`` is empty for a usable device, else the reason in one sentence.
    """

    kind: str
    index: int = 0
    name: str = ""
    memory_bytes: int = 0
    capability: str = ""
    unavailable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The machine and software a result was obtained on; ``fingerprint`` digests all of it.

    ``packages`` holds versions, of drivers too; ``settings`` the environment variables that steer
    the frameworks.
    """

    os: str
    machine: str
    python: str
    packages: Mapping[str, str]
    devices: tuple[Device, ...]
    fingerprint: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a probe or render is aimed at; empty fields mean "whatever the probe takes"."""

    backend: str = "torch"
    device: str = "cpu"
    loader: str = ""
    model: str = ""
    dtype: str = ""
    quantisation: str = ""


class Level(StrEnum):
    """How thorough a round of probes is; each level asks what the ones before it ask, and more.

    QUICK costs seconds and loads no more than torch and MLX, STANDARD under two minutes, LONG
    minutes or gigabytes.
    """

    QUICK = "quick"
    STANDARD = "standard"
    LONG = "long"

    @property
    def rank(self) -> int:
        """Position in the order QUICK < STANDARD < LONG."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What must be there before a probe can run; ``seconds`` is its time limit.

    ``devices`` empty means the probe asks nothing of a device and runs anywhere. ``subject`` says
    what the question has to come with ("a model file"); empty for one about the machine alone.
    ``level`` is the first round that asks it.
    """

    modules: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    memory_mib: int = 0
    seconds: float = 60.0
    subject: str = ""
    level: Level = Level.QUICK


class Session(Protocol):
    """What a probe is handed: its target, a scratch folder, a place for measures, a way to skip.

    ``material`` is what the question comes with, such as the header of a file.
    """

    @property
    def target(self) -> Target:
        """What this run of the probe is aimed at."""
        ...

    @property
    def scratch(self) -> str:
        """Path of an empty folder that is removed after the probe."""
        ...

    @property
    def material(self) -> Mapping[str, Any]:
        """JSON values that came with the question; empty for a question about the machine."""
        ...

    def measure(self, name: str, value: object) -> None:
        """Record one JSON value as evidence."""
        ...

    def skip(self, why: str) -> NoReturn:
        """End the probe as SKIP with the reason; does not return."""
        ...


Check = Callable[[Session], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One way of running a model that a probe is asked about: who loads it, into which dtype.

    ``dtype`` is the torch name of what is computed in, ``quantisation`` what the weights are kept
    in, empty for the same. ``modules`` are needed beside the probe's own and ``subject`` names the
    material without which the cell cannot be run ("a ComfyUI folder"). ``level`` is the first round
    that asks it.
    """

    loader: str
    dtype: str
    quantisation: str = ""
    modules: tuple[str, ...] = ()
    subject: str = ""
    level: Level = Level.LONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question to a machine; ``doc`` is its manual page, ``check`` yields what it finds.

    A probe with ``cells`` is asked once for each of them, about ``model``, a family's name.
    """

    id: str
    family: str
    title: str
    doc: str
    needs: Needs
    check: Check
    model: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """How a worker died: ``kind`` is signal, exit, timeout or oom; ``log_tail`` its last words."""

    kind: str
    detail: str
    log_tail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What one probe said about one target, with everything needed to read it later."""

    probe: str
    target: Target
    outcome: Outcome
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, object] = field(default_factory=dict)
    started_at: str = ""
    seconds: float = 0.0
    environment: str = ""
    crash: Crash | None = None
