"""Answers what signatures ask of a header quickly: by name, by beginning, by numbered block."""

import re
from bisect import bisect_left
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any

from compat.formats.model import TensorInfo

MOST_VALUES = 1 << 50
"""Values one tensor is taken to have at most: a lying shape must not overflow what it is added
to. A thousand times the largest model there is."""

_NUMBER = re.compile(r"(\d{1,6})\.")


class View(Mapping[str, TensorInfo]):
    """Tensors under bare names, with indexes that are built once and only where asked for.

    ``lost`` names tensors whose shape a quantiser flattened: their number of values is right, the
    shape is not to be read.
    """

    __slots__ = ("_blocks", "_dtypes", "_sorted", "_tensors", "lost")

    def __init__(
        self, tensors: Mapping[str, TensorInfo], lost: frozenset[str] = frozenset()
    ) -> None:
        """Wrap ``tensors``, which must not change afterwards."""
        self._tensors = tensors
        self.lost = lost
        self._sorted: list[str] | None = None
        self._dtypes: dict[str, int] | None = None
        self._blocks: dict[str, dict[int, frozenset[str]]] = {}

    def __getitem__(self, name: str) -> TensorInfo:
        """Return the tensor called ``name``."""
        return self._tensors[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the tensor called ``name`` or ``default``; most questions find nothing."""
        return self._tensors.get(name, default)

    def items(self) -> ItemsView[str, TensorInfo]:
        """Names with their tensors, as fast as the mapping below."""
        return self._tensors.items()

    def values(self) -> ValuesView[TensorInfo]:
        """Return the tensors, as fast as the mapping below."""
        return self._tensors.values()

    def __iter__(self) -> Iterator[str]:
        """Go over the names in the header's order."""
        return iter(self._tensors)

    def __len__(self) -> int:
        """Count the tensors."""
        return len(self._tensors)

    def __contains__(self, name: object) -> bool:
        """Say whether a tensor is called ``name``."""
        return name in self._tensors

    def starting(self, start: str) -> Iterator[str]:
        """Names that begin with ``start``, in order."""
        if self._sorted is None:
            self._sorted = sorted(self._tensors)
        for place in range(bisect_left(self._sorted, start), len(self._sorted)):
            if not self._sorted[place].startswith(start):
                return
            yield self._sorted[place]

    @property
    def dtypes(self) -> Mapping[str, int]:
        """Number of values by the dtype they are stored in, most first."""
        if self._dtypes is None:
            counts: dict[str, int] = {}
            for tensor in self.values():
                values = min(tensor.elements, MOST_VALUES)
                counts[tensor.dtype] = counts.get(tensor.dtype, 0) + values
            self._dtypes = dict(sorted(counts.items(), key=lambda item: -item[1]))
        return self._dtypes

    @property
    def parameters(self) -> int:
        """Number of values in all tensors."""
        return sum(self.dtypes.values())

    def blocks(self, stem: str) -> Mapping[int, frozenset[str]]:
        """Blocks called ``stem.N.`` by number, each with what its names end in."""
        if stem not in self._blocks:
            tails: dict[int, set[str]] = {}
            for name in self.starting(f"{stem}."):
                rest = name[len(stem) + 1 :]
                if hit := _NUMBER.match(rest):
                    tails.setdefault(int(hit[1]), set()).add(rest[hit.end() :])
            self._blocks[stem] = {number: frozenset(tail) for number, tail in tails.items()}
        return self._blocks[stem]


def view_of(tensors: Mapping[str, TensorInfo]) -> View:
    """``tensors`` as a :class:`View`, unchanged where it is one."""
    return tensors if isinstance(tensors, View) else View(tensors)
