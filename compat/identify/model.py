"""What is known of a model once it has been named: its family, its rules, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from compat.core.model import Finding
from compat.formats.model import TensorInfo

UNKNOWN = "unknown"

Tensors = Mapping[str, TensorInfo]
"""Tensors of one header under their names without loader prefixes."""


class Role(StrEnum):
    """What a model file, or one part of it, does in a pipeline. PIPELINE is a whole folder."""

    DIFFUSION_MODEL = "diffusion-model"
    VAE = "vae"
    AUDIO_VAE = "audio-vae"
    VOCODER = "vocoder"
    TEXT_ENCODER = "text-encoder"
    TEXT_PROJECTION = "text-projection"
    IMAGE_ENCODER = "image-encoder"
    UPSCALER = "upscaler"
    LORA = "lora"
    MOTION_MODULE = "motion-module"
    CONTROL = "control"
    PIPELINE = "pipeline"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What takes the file: a ComfyUI loader node and folder, and a diffusers class.

    Empty where there is none; ``note`` says then, in a sentence, what to use instead.
    ``comfyui_folder`` is below ``models/``.
    """

    comfyui_loader: str = ""
    comfyui_folder: str = ""
    diffusers_class: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A companion that must stand beside a model: one of ``ids``, in the role it plays there."""

    role: Role
    ids: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dim:
    """A size that partners must agree on, read off dimension ``axis`` of tensor ``name``.

    ``key`` is one of: width (of the hidden state), text-width (of the encoded prompt, taken or
    given), pooled-width, latent-channels (of the VAE's latent), in-channels, mid-channels (of an
    upscaler), vocabulary, frames (of a positional table).
    """

    key: str
    name: str
    axis: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One size as found in a header, and where: ``source`` names tensor and axis, or config key."""

    value: int
    source: str


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

    def holds(self, tensors: Tensors) -> str:
        """One clause on what was found, for a header in which nothing is missing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The same model under other tensor names, which other loaders take.

    ``name`` is "diffusers" or "comfyui"; a signature's own marks are the publisher's names.
    """

    name: str
    marks: tuple[Predicate, ...]
    form: tuple[Predicate, ...]
    dims: tuple[Dim, ...] = ()
    placement: Placement = Placement()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One architecture, recognised by its header alone.

    ``marks`` make a file this kind of model ("mine"); ``form`` are the dimensions and counts it
    then has to have. A file with all marks and a wrong form is "mine, but broken".

    ``generation`` tells members of a family that do not take each other's parts (Wan 2.1 and 2.2).
    ``parameters`` is the count of the published model, 0 where nobody computed it. ``dims`` are
    what partners must agree on, ``needs`` what must stand beside it, ``placement`` what loads it.
    ``source`` says where marks and form come from. ``layout`` names the tensor names that marks
    and form are about, ``layouts`` are the other ones the model is published in.
    """

    id: str
    family: str
    variant: str
    role: Role
    marks: tuple[Predicate, ...]
    form: tuple[Predicate, ...]
    source: str
    generation: str = ""
    parameters: int = 0
    dims: tuple[Dim, ...] = ()
    needs: tuple[Need, ...] = ()
    placement: Placement = Placement()
    layout: str = "publisher"
    layouts: tuple[Layout, ...] = ()


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

    A bundle is identified by its main part; ``parts`` are all it carries, itself included, one
    identification each (empty for a file that is a single part). ``carries`` and ``lacks`` name
    roles; ``needs`` are the companions that are not inside. ``expected_bytes`` is the size of the
    published model in the dtypes found, 0 where unknown. ``quantisation`` is "" for plain floats.
    ``layout`` says whose tensor names the file uses: loaders take one layout and not the other.
    """

    id: str
    family: str
    variant: str
    role: Role
    traits: Traits | None
    generation: str = ""
    evidence: tuple[str, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, object] = field(default_factory=dict)
    parts: "tuple[Identification, ...]" = ()
    carries: tuple[Role, ...] = ()
    lacks: tuple[Role, ...] = ()
    needs: tuple[Need, ...] = ()
    placement: Placement = Placement()
    dims: Mapping[str, Measured] = field(default_factory=dict)
    parameters: int = 0
    dtypes: Mapping[str, int] = field(default_factory=dict)
    quantisation: str = ""
    expected_bytes: int = 0
    layout: str = ""
