"""Brings values from a published layout back under diffusers' names, without any library's help."""

from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import Rewrite
from probes.renders.original_layout.packing import State


def read_back(values: Mapping[str, Any], state: Mapping[str, Any], rewrite: Rewrite) -> State:
    """The tensors of ``state`` with what stands for each of their numbers in ``values``.

    The layout is followed by numbering every number of ``state`` and rewriting the numbers.
    ``ValueError`` where the layout loses a number.
    """
    import torch

    numbers, total = _numbered(state)
    found = torch.zeros(total)
    times = torch.zeros(total, dtype=torch.int64)
    for name, places in rewrite(numbers).items():
        where = places.flatten()
        found[where] = values[name].float().flatten()
        times += torch.bincount(where, minlength=total)
    if not bool((times >= 1).all()):
        raise ValueError(f"the layout loses {int((times == 0).sum())} of {total} numbers")
    return {name: found[places] for name, places in numbers.items()}


def _numbered(state: Mapping[str, Any]) -> tuple[State, int]:
    import torch

    made: State = {}
    start = 0
    for name, tensor in state.items():
        end = start + tensor.numel()
        made[name] = torch.arange(start, end).reshape(tensor.shape)
        start = end
    return made, start
