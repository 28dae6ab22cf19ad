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

    ``kind`` is mps, cuda, rocm or mlx; ``capability`` the compute capability, as 8.9; ``arch`` an
    AMD card's instruction set, as "gfx1100"; ``torch`` and ``macos`` are versions, ``build`` is
    what torch was built for, as "cu126"; ``chip`` is as in "M2"; ``memory_bytes`` is what the
    device has for this job, and ``offload`` the plan's way of sharing it (none, model, sequential).
    """

    kind: str
    capability: float | None = None
    arch: str = ""
    torch: str = ""
    build: str = ""
    macos: str = ""
    chip: str = ""
    memory_bytes: int | None = None
    offload: str = "none"

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
        return f"{self.kind}:{self.arch}" if self.arch else self.kind


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
    asked for it, ``phase`` weights, encode, denoise or decode, ``details`` what a rule needs beside
    shapes.
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
    ``stopped_at``, ``refused`` whether that was the pipeline's own check of what it was asked for;
    ``notes`` say what differs from a real render. ``stored`` are the dtypes in which the files keep
    the network, read by ``reader`` (a name of facts/dtypes.toml), "" where there are no files.
    ``rss_bytes`` is what the pass itself took of this machine's memory at most, ``cpu_seconds`` of
    its processor.
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
    refused: bool = False
    stored: tuple[str, ...] = ()
    reader: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    rss_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What is expected of one plan on one device; ``unknown`` says what could not be told.

    ``cut_short`` is true where a pass did not come to its end, so that less was looked at.
    """

    expected: Expected
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    measures: Mapping[str, object]
    cut_short: bool = False
