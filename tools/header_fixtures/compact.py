"""Writes a header of thousands of tensors in a few lines, and reads it back.

Names that differ only in whole numbers share a line: ``blocks.{0-29}.attn.{k,q}`` is not meant,
``blocks.{0-29,31}.ffn.{0,2}.weight`` is. Two braces in one name are every combination of both.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

Shape = tuple[int, ...]
Entry = tuple[str, Shape]
"""Dtype word and shape, slowest dimension first."""

_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d+(?![0-9A-Za-z])")
_BRACES = re.compile(r"\{([\d,-]+)\}")


def collapse(tensors: Mapping[str, Entry]) -> dict[str, dict[str, list[int]]]:
    """Group names by dtype and pattern: ``{dtype: {pattern: shape}}``."""
    groups: dict[tuple[str, str, Shape], set[Shape]] = defaultdict(set)
    for name, (dtype, shape) in tensors.items():
        if "{" in name or "}" in name:
            raise ValueError(f"the name {name!r} has braces of its own")
        numbers = _NUMBER.findall(name)
        if any(str(int(number)) != number for number in numbers):
            raise ValueError(f"the name {name!r} has a number with leading zeros")
        groups[dtype, _NUMBER.sub("{}", name), shape].add(tuple(map(int, numbers)))
    found: dict[str, dict[str, list[int]]] = {}
    for (dtype, stem, shape), rows in groups.items():
        for columns in _products(frozenset(rows)):
            found.setdefault(dtype, {})[stem.format(*map(_ranges, columns))] = list(shape)
    return found


def _products(rows: frozenset[Shape]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Cut a set of equally long rows into products of columns."""
    if rows == frozenset({()}):
        yield ()
        return
    tails: dict[int, set[Shape]] = defaultdict(set)
    for first, *rest in rows:
        tails[first].add(tuple(rest))
    firsts: dict[frozenset[Shape], list[int]] = defaultdict(list)
    for first, rest_set in sorted(tails.items()):
        firsts[frozenset(rest_set)].append(first)
    for shared, heads in firsts.items():
        for columns in _products(shared):
            yield (tuple(heads), *columns)


def _ranges(numbers: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    text = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
    return text if text.isdigit() else f"{{{text}}}"


def expand(tensors: Mapping[str, Mapping[str, list[int]]]) -> dict[str, Entry]:
    """The other way round: every tensor's name with its dtype and shape, sorted by name."""
    found: dict[str, Entry] = {}
    for dtype, patterns in tensors.items():
        for pattern, shape in patterns.items():
            for name in names_of(pattern):
                if name in found:
                    raise ValueError(f"{name} stands twice")
                found[name] = (dtype, tuple(shape))
    return dict(sorted(found.items()))


def names_of(pattern: str) -> Iterator[str]:
    """Every name that ``pattern`` stands for."""
    parts = _BRACES.split(pattern)
    choices = [_numbers(part) if place % 2 else (part,) for place, part in enumerate(parts)]
    return map("".join, itertools.product(*choices))


def _numbers(text: str) -> tuple[str, ...]:
    found: list[int] = []
    for run in text.split(","):
        first, _, last = run.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(map(str, found))
