"""One stretch of zeros in a file, from its first to its last byte, and what it is taken for."""

from dataclasses import dataclass
from enum import StrEnum


class RegionKind(StrEnum):
    """What zeros look like.

    HOLE: they begin or end in the middle of a row of weights, as what a download leaves empty does.
    ROWS: they fill whole rows of a tensor, as unused vocabulary entries do.
    SPARSE: what is around them is mostly zero too.
    """

    HOLE = "hole"
    ROWS = "rows"
    SPARSE = "sparse"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroRegion:
    """Zeros from byte ``start`` to byte ``end`` of the file; ``tensors`` names the first few."""

    start: int
    end: int
    kind: RegionKind
    tensors: tuple[str, ...]
    touched: int = 1

    def to_data(self) -> dict[str, object]:
        """JSON values."""
        return {
            "start": self.start,
            "end": self.end,
            "kind": self.kind.value,
            "tensors": list(self.tensors),
            "touched": self.touched,
        }

    @classmethod
    def from_data(cls, data: object) -> "ZeroRegion":
        """What :meth:`to_data` wrote; ``ValueError`` for anything else."""
        match data:
            case {
                "start": int() as start,
                "end": int() as end,
                "kind": str() as kind,
                "tensors": list() as tensors,
                "touched": int() as touched,
            }:
                return cls(
                    start=start,
                    end=end,
                    kind=RegionKind(kind),
                    tensors=tuple(str(name) for name in tensors),
                    touched=touched,
                )
        raise ValueError("a zero region is not stored as one")
