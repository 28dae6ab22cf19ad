"""The nouns of the matrix: a way of running a model, the cell behind it, tables of cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from compat.core.model import Cell, Device, Environment, Probe, ProbeResult
from compat.knowledge.model import KnownFailure


class State(StrEnum):
    """What the evidence says of a cell, best first.

    FAILS is loud: the loader or the pipeline raised. SILENT is not: it ran to the end and the
    frames are wrong. KNOWN is either of them where the knowledge base has an entry for it. UNKNOWN
    is everything that was not answered, for whatever reason, and never a pass.
    """

    WORKS = "works"
    KNOWN = "known-failure"
    FAILS = "fails"
    SILENT = "silently-wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One declared way of running a family, ``probe`` being who asks; the key of a cell."""

    family: str
    loader: str
    dtype: str
    quantisation: str
    probe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A way with the declarations it comes from: what it needs and on which devices it is asked."""

    way: Way
    probe: Probe
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a cell was before: on the same machine, maybe with other software."""

    state: State
    environment: Environment | None
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One cell: its state under ``environment``, why in one sentence, and the result behind it.

    ``result`` is None where there is none; ``known`` are the knowledge base's entries for the
    failure; ``broke`` says that the newest attempt ended in a crash or an error of the probe.
    """

    way: Way
    state: State
    sentence: str
    environment: Environment
    result: ProbeResult | None = None
    known: tuple[KnownFailure, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    notes: tuple[str, ...] = ()
    broke: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The cells of one device of a machine; ``device.unavailable`` where it cannot be used."""

    device: Device
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine with the software on it: the tables of its devices and what stands beside them.

    ``elsewhere`` is another interpreter's environment that answered the cells which come with
    material, such as a ComfyUI's own; None where there is none or it is the same. ``sources`` names
    where the evidence comes from. ``mlx`` are answers of the probes that ask MLX, ``loaders`` those
    about a loader alone, without a model.
    """

    environment: Environment
    sources: tuple[str, ...]
    tables: tuple[Table, ...]
    elsewhere: Environment | None = None
    mlx: Table | None = None
    loaders: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    @property
    def renders(self) -> tuple[Entry, ...]:
        """The cells of every device."""
        return tuple(entry for table in self.tables for entry in table.entries)

    @property
    def alone(self) -> tuple[Entry, ...]:
        """The answers about loaders alone, each once."""
        return _each_once(entry for entries in self.loaders.values() for entry in entries)

    @property
    def beside(self) -> tuple[Entry, ...]:
        """The answers of other probes, each once."""
        return _each_once((*(self.mlx.entries if self.mlx else ()), *self.alone))

    @property
    def dates(self) -> tuple[str, str]:
        """When the first and the last of the evidence was obtained; empty where there is none."""
        every = (*self.renders, *self.beside)
        dates = [entry.result.started_at for entry in every if entry.result is not None]
        return min(dates, default=""), max(dates, default="")


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple({entry.way: entry for entry in entries}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Machines in the order they are shown, the title of each probe, and what was left out."""

    machines: tuple[Machine, ...]
    titles: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every cell and every answer beside them."""
        return tuple(e for m in self.machines for e in (*m.renders, *m.beside))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Evidence from one store or file: ``source`` names it in one short word."""

    source: str
    environments: tuple[Environment, ...]
    results: tuple[ProbeResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cells to show; an empty field means all. ``dtypes`` name quantisations as well."""

    devices: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()

    def shows(self, way: Way) -> bool:
        """Whether a way is among those wanted."""
        return (
            _among(self.families, [way.family])
            and _among(self.loaders, [way.loader])
            and _among(self.dtypes, [way.dtype, way.quantisation])
        )


def _among(wanted: tuple[str, ...], named: Iterable[str]) -> bool:
    return not wanted or any(name in wanted for name in named)
