"""Everything a deep scan has seen of a file so far: kept, stored, taken up again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compat.formats.deep.pieces import examinable
from compat.formats.deep.sight import Sight, sight_from_data
from compat.formats.deep.zero_region import ZeroRegion
from compat.formats.model import Header, TensorInfo

VERSION = 1
"""Of the stored form; another one is scanned from the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """By which a file is known again: its size and modification time."""

    size: int
    mtime_ns: int


@dataclass(slots=True, kw_only=True)
class Census:
    """What was seen up to file offset ``position``; ``complete`` once that is the end.

    ``changed`` is a sentence about a file that did not keep still, else empty. ``sha256`` is only
    known where it was asked for and the scan is complete.
    """

    header: Header
    stamp: Stamp
    position: int = 0
    complete: bool = False
    changed: str = ""
    sha256: str = ""
    sights: dict[str, Sight] = field(default_factory=dict)
    regions: list[ZeroRegion] = field(default_factory=list)

    @property
    def examined(self) -> int:
        """Number of tensors of which every value was looked at; those without values count."""
        if self.complete and not self.changed:
            return sum(1 for _ in examinable(self.header))
        return sum(tensor.end <= self.position for tensor, _, _ in examinable(self.header))

    @property
    def not_examined(self) -> int:
        """Number of tensors of which some value was not looked at."""
        return len(self.header.tensors) - self.examined

    def seen(self) -> Iterator[tuple[TensorInfo, Sight]]:
        """Each tensor with what was seen of it, in file order."""
        tensors = self.header.tensors
        return ((tensors[name], sight) for name, sight in self.sights.items())

    def add(self, name: str, sight: Sight) -> None:
        """Add what was seen of the next piece of a tensor."""
        known = self.sights.get(name)
        if known is None:
            self.sights[name] = sight
        else:
            known.add(sight)

    def to_data(self) -> dict[str, object]:
        """JSON values from which :func:`census_from_data` goes on."""
        return {
            "version": VERSION,
            "size": self.stamp.size,
            "mtime_ns": self.stamp.mtime_ns,
            "position": self.position,
            "complete": self.complete,
            "changed": self.changed,
            "sha256": self.sha256,
            "sights": {name: sight.to_data() for name, sight in self.sights.items()},
            "regions": [region.to_data() for region in self.regions],
        }


def census_from_data(header: Header, data: Mapping[str, object]) -> Census:
    """The census that was stored; ``ValueError`` where it is of another file or form.

    Whether the file is still the same is seen by :func:`compat.formats.deep.deep_scan`.
    """
    match data:
        case {
            "version": version,
            "size": int() as size,
            "mtime_ns": int() as mtime_ns,
            "position": int() as position,
            "complete": bool() as complete,
            "changed": str() as changed,
            "sha256": str() as sha256,
            "sights": dict() as sights,
            "regions": list() as regions,
        } if version == VERSION and position >= 0 and sights.keys() <= header.tensors.keys():
            return Census(
                header=header,
                stamp=Stamp(size=size, mtime_ns=mtime_ns),
                position=position,
                complete=complete,
                changed=changed,
                sha256=sha256,
                sights={name: sight_from_data(sight) for name, sight in sights.items()},
                regions=[ZeroRegion.from_data(region) for region in regions],
            )
    raise ValueError("the stored scan is of another file or another version of framegate")
