"""Keeps each different operation once, with how often it came."""

from collections.abc import Iterator, Mapping
from typing import Any

from compat.predict.model import OpSeen, TensorSeen
from runners.engines.pretend.words import word

Shape = tuple[str, tuple[int, ...]]


class Recorder:
    """Operations of one pass; two that differ in nothing that a rule may ask for are one."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._seen: dict[Any, list[Any]] = {}
        self.calls = 0

    def note(
        self,
        op: str,
        inputs: list[Any],
        outputs: list[Any],
        *,
        place: str,
        phase: str,
        details: Mapping[str, object],
    ) -> None:
        """Keep one operation; ``inputs`` and ``outputs`` are tensors."""
        self.calls += 1
        shapes = tuple(map(_shape, inputs)), tuple(map(_shape, outputs))
        key = (op, place, phase, *shapes, tuple((k, str(v)) for k, v in details.items()))
        found = self._seen.get(key)
        if found is None:
            self._seen[key] = [op, *shapes, place, phase, details, 1]
        else:
            found[-1] += 1

    def ops(self) -> Iterator[OpSeen]:
        """Every different operation in the order in which it first came."""
        for op, inputs, outputs, place, phase, details, count in self._seen.values():
            yield OpSeen(
                op=op,
                inputs=tuple(TensorSeen(dtype=d, shape=s) for d, s in inputs),
                outputs=tuple(TensorSeen(dtype=d, shape=s) for d, s in outputs),
                place=place,
                phase=phase,
                count=count,
                details=details,
            )


def _shape(tensor: Any) -> Shape:
    return word(tensor.dtype), tuple(tensor.shape)
