"""What the layouts have in common: names that are replaced, tensors that are packed as one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

State = dict[str, Any]
Rules = Iterable[tuple[str, str]]


def renamed(state: Mapping[str, Any], rules: Rules) -> State:
    """``state`` with every rule (pattern, replacement) applied to its names, one after another.

    ``ValueError`` where two tensors would get one name.
    """
    compiled = tuple((re.compile(pattern), to) for pattern, to in rules)
    made: State = {}
    for name, tensor in state.items():
        new = name
        for pattern, to in compiled:
            new = pattern.sub(to, new)
        if new in made:
            raise ValueError(f"two tensors become {new}")
        made[new] = tensor
    return made


def packed(state: Mapping[str, Any], into: str, parts: Iterable[str]) -> State:
    """``state`` with the tensors of ``parts`` stacked by rows under the name ``into``.

    Each part is a piece of a name, such as ``attn.to_q.``; those whose names differ in nothing else
    become one tensor. Tensors without such a piece stay as they are.
    """
    import torch

    first, *others = parts
    made: State = {}
    taken = {other for name in state if first in name for other in _mates(name, first, others)}
    for name, tensor in state.items():
        if first in name:
            rows = [tensor, *(state[mate] for mate in _mates(name, first, others))]
            made[name.replace(first, into)] = torch.cat(rows)
        elif name not in taken:
            made[name] = tensor
    return made


def _mates(name: str, first: str, others: Iterable[str]) -> list[str]:
    return [name.replace(first, other) for other in others]


def halves_swapped(state: Mapping[str, Any], *patterns: str) -> State:
    """``state`` with upper and lower half of the rows exchanged where a pattern is in the name."""
    import torch

    def swapped(tensor: Any) -> Any:
        upper, lower = tensor.chunk(2)
        return torch.cat([lower, upper])

    found = re.compile("|".join(patterns))
    return {name: swapped(t) if found.search(name) else t for name, t in state.items()}


def prefixed(state: Mapping[str, Any], prefix: str) -> State:
    """``state`` with ``prefix`` before every name."""
    return {prefix + name: tensor for name, tensor in state.items()}
