"""What was seen on a pretended device, and the device that is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from compat.core.model import Finding


class Expected(StrEnum):
    """What is expected of the device; there is no word for "works", only for nothing found."""

    FAILS = "fails"
    SILENT = "silently-wrong"
    SLOW = "slow"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The device that is asked about; ``None`` and "" mean that it was not said.

    ``kind`` is mps or cuda; ``capability`` the compute capability, as 8.9; ``torch`` and ``macos``
    are versions, ``chip`` is as in "M2"; ``memory_bytes`` is what the device has for this job.
    """

    kind: str
    capability: float | None = None
    torch: str = ""
    macos: str = ""
    chip: str = ""
    memory_bytes: int | None = None

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions by the names that facts use; what was not said is left out."""
        named = {"torch": self.torch, "macos": self.macos}
        return {name: version for name, version in named.items() if version}

    @property
    def name(self) -> str:
        """The device as a person asks for it."""
        if self.kind == "cuda" and self.capability is not None:
            return f"cuda:sm_{round(self.capability * 10)}"
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSeen:
    """One tensor: its dtype in the words of safetensors (C128 is complex128) and its shape."""

    dtype: str
    shape: tuple[int, ...] = ()

    @property
    def elements(self) -> int:
        """How many values it holds."""
        product = 1
        for side in self.shape:
            product *= side
        return product


@dataclass(frozen=True, slots=True, kw_only=True)
class OpSeen:
    """One operation that ran on the device ``count`` times with these dtypes and shapes.

    ``op`` is as in "aten::addmm" or "aten::upsample_nearest3d.vec"; ``place`` is the line that
    asked for it, ``phase`` prepare, denoise or decode, ``details`` what a rule needs beside shapes.
    """

    op: str
    inputs: tuple[TensorSeen, ...] = ()
    outputs: tuple[TensorSeen, ...] = ()
    place: str = ""
    phase: str = ""
    count: int = 1
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def tensors(self) -> tuple[TensorSeen, ...]:
        """Inputs and outputs."""
        return (*self.inputs, *self.outputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One pass of a pipeline on the pretended device.

    ``size`` is tiny or real. ``weights`` holds bytes of each component, ``peaks`` the most bytes of
    live activations in each phase. ``stopped`` is the error that ended the pass before its end, at
    ``stopped_at``; ``notes`` say what differs from a real render. ``rss_bytes`` is what the pass
    itself took of this machine's memory at most, ``cpu_seconds`` of its processor.
    """

    size: str
    pipeline: str = ""
    classes: Mapping[str, str] = field(default_factory=dict)
    ops: tuple[OpSeen, ...] = ()
    calls: int = 0
    weights: Mapping[str, int] = field(default_factory=dict)
    peaks: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""
    stopped_at: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    rss_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What is expected of one plan on one device; ``unknown`` says what could not be told."""

    expected: Expected
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    measures: Mapping[str, object]
