"""The nouns of pairing: identified files, their parts, what was asked, and a rule over a set."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compat.core.model import Finding
from compat.formats.wording import quoted
from compat.identify.model import UNKNOWN, Identification, Measured, Need, Role


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Identified:
    """One file or folder of a set, with what its header says; equal only to itself.

    ``metadata`` are the texts of its header. ``content`` digests the tensors' table and samples of
    their bytes: two files with one content hold the same weights; "" where it was not taken.
    ``slot`` says under which key or in which folder a set names the file ("URLs2", "loras").
    """

    path: Path
    identification: Identification
    metadata: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    slot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be rendered with the set, as far as anybody said.

    ``timesteps`` are those a config lists, 1.0 for pure noise. ``variant`` is "distilled" or "dev"
    where a config is written for one of them. ``complete`` says that the set claims to be all that
    is loaded, so that a missing companion is an error and not just a file nobody mentioned.
    ``library`` says the opposite: a store of files for many models, in which what fits nothing is
    for a model that is not here.
    """

    frames: int | None = None
    steps: int | None = None
    timesteps: tuple[float, ...] = ()
    variant: str = ""
    complete: bool = False
    library: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One model inside a set: a whole file, or one part of a bundle; equal only to itself."""

    file: Identified
    found: Identification

    @property
    def id(self) -> str:
        """Id of the signature that fits, or "unknown"."""
        return self.found.id

    @property
    def known(self) -> bool:
        """Whether anything is known of it beyond its role."""
        return self.found.id != UNKNOWN

    def dim(self, *keys: str) -> Measured | None:
        """The first of ``keys`` that the header gave."""
        return next((self.found.dims[key] for key in keys if key in self.found.dims), None)

    def __str__(self) -> str:
        """Name the part the way messages do: its file and what it is."""
        return f"{quoted(self.file.path.name)} ({self.found.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The parts of every file of one set, and what was asked of it."""

    parts: tuple[Part, ...]
    asked: Asked = Asked()

    @property
    def models(self) -> tuple[Part, ...]:
        """The known diffusion models."""
        return tuple(part for part in self.of(Role.DIFFUSION_MODEL) if part.known)

    def of(self, role: Role) -> tuple[Part, ...]:
        """Every part in ``role``."""
        return tuple(part for part in self.parts if part.found.role is role)

    def partners(self, model: Part, role: Role) -> tuple[Part, ...]:
        """The known parts in ``role`` that are there for ``model``.

        What another model of the set needs and this one does not is that one's: a folder may hold
        the files of several models. In a library nothing is for it but what it names.
        """
        others = [other for other in self.models if other is not model]
        return tuple(
            part
            for part in self.of(role)
            if part.known and (wants(model, part) or not self._taken(part, others))
        )

    def _taken(self, part: Part, others: "Sequence[Part]") -> bool:
        return self.asked.library or any(wants(other, part) for other in others)


def needs_of(model: Part, role: Role) -> tuple[Need, ...]:
    """What ``model`` needs in ``role``; a part of a bundle needs what the bundle lacks as well."""
    return tuple(need for need in model.found.needs if need.role is role)


def wants(model: Part, part: Part) -> bool:
    """Whether ``part`` is one of the companions that ``model`` names."""
    return any(part.id in need.ids for need in needs_of(model, part.found.role))


def gather(files: Sequence[Identified], asked: Asked) -> Gathered:
    """Lay open the bundles of a set."""
    return Gathered(
        parts=tuple(Part(file=file, found=part) for file in files for part in _laid_open(file)),
        asked=asked,
    )


def _laid_open(file: Identified) -> tuple[Identification, ...]:
    return file.identification.parts or (file.identification,)


Check = Callable[[Gathered], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One condition on a set of files; ``check`` yields a finding for each breach of it."""

    id: str
    title: str
    check: Check
