"""Which cells of a probe ``framegate probe`` asks: by level, or by the loader and dtype named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from compat.cli.did_you_mean import did_you_mean
from compat.core.errors import UsageError
from compat.core.model import Cell, Level, Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFilter:
    """What was asked for on the command line; empty tuples mean "all".

    Cells that are named by loader or dtype are asked at every level, as probes named by id are.
    """

    level: Level
    loaders: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()

    @property
    def names_cells(self) -> bool:
        """Whether a loader or dtype was named, so that probes without cells are not meant."""
        return bool(self.loaders or self.dtypes)

    def takes(self, cell: Cell) -> bool:
        """Whether the cell is to be asked; a quantisation can be named like a dtype."""
        if not self.names_cells:
            return cell.level.rank <= self.level.rank
        named = {cell.dtype, cell.quantisation}
        return (not self.loaders or cell.loader in self.loaders) and (
            not self.dtypes or bool(named.intersection(self.dtypes))
        )


def narrowed(probes: Sequence[Probe], wanted: CellFilter) -> list[Probe]:
    """The probes with those of their cells that are wanted; without any they are left out.

    ``UsageError`` for a loader or dtype that no cell of these probes has.
    """
    _check("loader", wanted.loaders, {c.loader for p in probes for c in p.cells})
    kinds = {kind for p in probes for c in p.cells for kind in (c.dtype, c.quantisation) if kind}
    _check("dtype", wanted.dtypes, kinds)
    return [
        narrow
        for probe in probes
        if (narrow := replace(probe, cells=tuple(filter(wanted.takes, probe.cells)))).cells
        or not (probe.cells or wanted.names_cells)
    ]


def _check(what: str, named: Sequence[str], known: set[str]) -> None:
    for name in named:
        if name not in known:
            hint = did_you_mean(name, known, f"known: {', '.join(sorted(known))}")
            raise UsageError(f"no cell has the {what} {name!r}", hint)
