"""What is known of a model once it has been named: its family, its rules, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from compat.core.model import Finding
from compat.formats.model import TensorInfo

UNKNOWN = "unknown"

Tensors = Mapping[str, TensorInfo]
"""Tensors of one header under their names without loader prefixes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Smallest clip at which a model is in distribution: pixels, frames, steps, guidance scale."""

    width: int
    height: int
    frames: int
    steps: int
    guidance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """The rules of one model.

    Legal frame counts are ``frame_step * k + frame_offset`` with k from 1, legal sides multiples of
    ``space_multiple`` from ``min_side`` pixels up. ``picture`` is None where nobody knows at which
    size the model gives a good picture; ``max_frames`` is None where the model sets no limit.
    ``needs`` are the components a pipeline must have.
    """

    pipeline: str
    space_multiple: int
    frame_step: int
    frame_offset: int
    min_side: int
    fps: float
    steps: int
    guidance: float
    picture: Picture | None
    needs: tuple[str, ...]
    max_frames: int | None = None


class Predicate(Protocol):
    """One condition on a header that both detects and explains."""

    def missing(self, tensors: Tensors) -> list[str]:
        """Sentences on what is missing; an empty list means the condition holds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One architecture, recognised by its header alone.

    ``marks`` make a file this kind of model ("mine"); ``form`` are the dimensions and counts it
    then has to have. A file with all marks and a wrong form is "mine, but broken".
    """

    id: str
    family: str
    variant: str
    role: str
    marks: tuple[Predicate, ...]
    form: tuple[Predicate, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A signature that did not fit; ``mine`` is True for "this kind, but broken"."""

    id: str
    mine: bool
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        """Write the miss as one clause."""
        kind = "this kind of model, but" if self.mine else "not it:"
        return f"{self.id} ({kind} {'; '.join(self.reasons[:3])})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """Which model a file or folder holds. ``id`` and ``family`` are "unknown" where nothing fits.

    ``evidence`` says what was recognised, ``near_misses`` what came closest and why it does not
    fit, ``findings`` what is wrong with the model as such. ``measures`` are facts from the header.
    """

    id: str
    family: str
    variant: str
    role: str
    traits: Traits | None
    evidence: tuple[str, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, object] = field(default_factory=dict)
