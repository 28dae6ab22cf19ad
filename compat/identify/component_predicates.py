"""Conditions that only components need."""

from dataclasses import dataclass

from compat.formats.wording import quoted
from compat.identify.model import Tensors
from compat.identify.predicates import absent
from compat.identify.view import view_of


@dataclass(frozen=True, slots=True)
class Values:
    """Tensor ``name`` holds exactly ``count`` values, in whatever shape a quantiser left it."""

    name: str
    count: int

    def missing(self, tensors: Tensors) -> list[str]:
        """Say how many values were found and how many expected."""
        tensor = tensors.get(self.name)
        if tensor is None:
            return [absent(self.name)]
        if tensor.elements == self.count:
            return []
        return [f"{self.name} holds {tensor.elements} values, expected {self.count}"]

    def holds(self, tensors: Tensors) -> str:
        """Name the tensor and its number of values."""
        return f"{self.name} {list(tensors[self.name].shape)[:8]}, {self.count} values"


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Tensor ``name`` has ``count`` dimensions: tells 2-D convolutions from 3-D ones."""

    name: str
    count: int

    def missing(self, tensors: Tensors) -> list[str]:
        """Say how many dimensions were found and how many expected."""
        tensor = tensors.get(self.name)
        if tensor is None:
            return [absent(self.name)]
        found = len(tensor.shape)
        if found == self.count:
            return []
        return [f"{self.name} has {found} dimensions, expected {self.count}"]

    def holds(self, tensors: Tensors) -> str:
        """Name the tensor and its shape."""
        return f"{self.name} {list(tensors[self.name].shape)[:8]}, {self.count} dimensions"


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Some tensor's name begins with ``start``."""

    start: str

    def missing(self, tensors: Tensors) -> list[str]:
        """Name the beginning where nothing has it."""
        found = next(view_of(tensors).starting(self.start), None)
        return [] if found is not None else [absent(f"{self.start}*")]

    def holds(self, tensors: Tensors) -> str:
        """Name the first tensor with that beginning."""
        return quoted(next(view_of(tensors).starting(self.start)))[1:-1]
