"""The conditions signatures are made of; each one detects and explains with the same code."""

from collections import Counter
from dataclasses import dataclass

from compat.formats.wording import quoted
from compat.identify.model import Predicate, Tensors
from compat.identify.view import view_of

ABSENT = "no "
"""How the reason begins where a tensor is not there; all other reasons contradict."""


def absent(what: str) -> str:
    """The reason of a predicate that finds ``what`` missing."""
    return f"{ABSENT}{what}"


@dataclass(frozen=True, slots=True)
class Has:
    """The tensor ``name`` is there."""

    name: str

    def missing(self, tensors: Tensors) -> list[str]:
        """Name the tensor where it is not there."""
        return [] if self.name in tensors else [absent(self.name)]

    def holds(self, tensors: Tensors) -> str:
        """Name it with its shape."""
        return f"{self.name} {_shape(tensors, self.name)}"


@dataclass(frozen=True, slots=True)
class HasNo:
    """No tensor's name begins with ``start``, which may be several beginnings."""

    start: str | tuple[str, ...]

    def missing(self, tensors: Tensors) -> list[str]:
        """Name the first tensor that should not be there."""
        view = view_of(tensors)
        for start in self._starts():
            found = next(view.starting(start), None)
            if found is not None:
                return [f"has {quoted(found)}"]
        return []

    def holds(self, tensors: Tensors) -> str:  # noqa: ARG002 - the absence is the same everywhere
        """Name what is absent."""
        return f"no {' or '.join(f'{start}*' for start in self._starts())}"

    def _starts(self) -> tuple[str, ...]:
        return (self.start,) if isinstance(self.start, str) else self.start


@dataclass(frozen=True, slots=True)
class Side:
    """Dimension ``axis`` of tensor ``name`` is one of ``sizes``; absent tensors do not fit."""

    name: str
    axis: int
    sizes: tuple[int, ...]

    def missing(self, tensors: Tensors) -> list[str]:
        """Say which size was found and which expected."""
        tensor = tensors.get(self.name)
        if tensor is None:
            return [absent(self.name)]
        if self.name in view_of(tensors).lost:
            return [f"{self.name} has lost its shape to quantisation"]
        wanted = " or ".join(map(str, self.sizes))
        if not -len(tensor.shape) <= self.axis < len(tensor.shape):
            shape = _shape(tensors, self.name)
            return [f"{self.name} has shape {shape}, expected {wanted} on axis {self.axis}"]
        found = tensor.shape[self.axis]
        if found in self.sizes:
            return []
        return [f"{self.name} is {found} on axis {self.axis}, expected {wanted}"]

    def holds(self, tensors: Tensors) -> str:
        """Name the tensor and the size that decided."""
        shape = _shape(tensors, self.name)
        return f"{self.name} {shape}, {tensors[self.name].shape[self.axis]} on axis {self.axis}"


def side(name: str, axis: int, *sizes: int) -> Side:
    """Short for :class:`Side`."""
    return Side(name, axis, sizes)


@dataclass(frozen=True, slots=True)
class Either:
    """One of ``choices`` holds: the first one that does is the evidence.

    For sizes that can be read off more than one tensor: quantisers drop or flatten some of them.
    """

    choices: tuple[Predicate, ...]

    def missing(self, tensors: Tensors) -> list[str]:
        """Say what the first choice that has its tensor lacks."""
        reasons = [choice.missing(tensors) for choice in self.choices]
        if not all(reasons):
            return []
        telling = [reason for reason in reasons if not reason[0].startswith(ABSENT)]
        return (telling or reasons)[0]

    def holds(self, tensors: Tensors) -> str:
        """Give the evidence of the first choice that holds."""
        return next(choice.holds(tensors) for choice in self.choices if not choice.missing(tensors))


def either(*choices: Predicate) -> Either:
    """Short for :class:`Either`."""
    return Either(choices)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Tensors called ``stem.N.`` count exactly ``count`` blocks, numbered from 0 without a gap.

    With ``alike`` all blocks also hold the same names: a tensor lost inside one is found.
    """

    stem: str
    count: int
    alike: bool = False

    def missing(self, tensors: Tensors) -> list[str]:
        """Name the absent block, the one too many, or the tensor one block lacks."""
        found = view_of(tensors).blocks(self.stem)
        lost = next((n for n in range(self.count) if n not in found), None)
        if lost is not None:
            return [absent(f"{self.stem}.{lost} of {self.count} blocks")]
        if len(found) > self.count:
            return [f"{self.stem} goes on to {max(found)}, expected {self.count} blocks"]
        if self.alike:
            names = Counter(tail for tails in found.values() for tail in tails)
            common = {tail for tail, times in names.items() if times * 2 > self.count}
            for number, tails in sorted(found.items()):
                if lacking := min(common - tails, default=None):
                    return [absent(f"{self.stem}.{number}.{quoted(lacking)[1:-1]}")]
        return []

    def holds(self, tensors: Tensors) -> str:  # noqa: ARG002 - the count is what was asked for
        """Name the first and the last block."""
        return f"{self.count} blocks, {self.stem}.0 to {self.stem}.{self.count - 1}"


def _shape(tensors: Tensors, name: str) -> str:
    return str(list(tensors[name].shape)[:8])
