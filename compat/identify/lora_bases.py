"""Which model a LoRA was trained on, by the names and sizes of the layers it changes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from compat.formats.wording import quoted
from compat.identify.lora_targets import Target

_GROUP = re.compile(r"\(\?P<\w+>")

Sizes = tuple[int | None, int | None]
"""Input and output size of a layer; None where the base has more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A model that LoRAs are made for.

    ``layers`` are its layers by pattern (on names with underscores), with their sizes. ``blocks``
    bounds the number that a pattern calls n, ``singles`` the one it calls s. ``needs`` must occur
    among the targets, ``never`` must not. ``fits`` are the ids of the diffusion models that take
    such a LoRA, ``words`` what training tools call the base in metadata. ``video`` is False for
    models of pictures.
    """

    id: str
    family: str
    layers: Mapping[str, Sizes]
    blocks: int
    fits: tuple[str, ...]
    singles: int = 0
    generation: str = ""
    needs: str = ""
    never: str = ""
    words: tuple[str, ...] = ()
    video: bool = True
    _compiled: tuple[tuple[re.Pattern[str], Sizes], ...] = field(
        init=False, repr=False, compare=False
    )

    _any: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the patterns once, and all of them as one that answers quickly."""
        every = "|".join(f"(?:{_GROUP.sub('(?:', key)})" for key in self.layers)
        object.__setattr__(self, "_any", re.compile(every))
        compiled = tuple((re.compile(key), sizes) for key, sizes in self.layers.items())
        object.__setattr__(self, "_compiled", compiled)

    def takes(self, target: Target) -> str:
        """Empty where ``target`` is a layer of this base, else what does not fit."""
        if self._any.fullmatch(target.name) is None:
            return NO_SUCH_LAYER
        for pattern, (into, out) in self._compiled:
            hit = pattern.fullmatch(target.name)
            if hit is None:
                continue
            for group, count in (("n", self.blocks), ("s", self.singles)):
                number = hit.groupdict().get(group)
                if number is not None and int(number) >= count:
                    return f"is in block {number}, {self.id} has {count}"
            for word, wanted, found in (("takes", into, target.into), ("gives", out, target.out)):
                if wanted is not None and found is not None and wanted != found:
                    return f"{word} {found} values, {self.id} {wanted}"
            return ""
        return NO_SUCH_LAYER

    def reaches_the_end(self, targets: Iterable[Target]) -> bool:
        """Say whether ``targets`` touch the last block of every kind they touch at all."""
        last: dict[str, int] = {}
        for kind in kinds_of(targets):
            for target in kind.ends:
                for pattern, _ in self._compiled:
                    if hit := pattern.fullmatch(target.name):
                        for group, number in hit.groupdict().items():
                            last[group] = max(last.get(group, -1), int(number))
                        break
        ends = {"n": self.blocks - 1, "s": self.singles - 1}
        return bool(last) and all(ends[group] == number for group, number in last.items())


NO_SUCH_LAYER = "no such layer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One base against all targets: how many it has, and the first that it has in another size."""

    base: Base
    hits: int
    clash: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """Layers that differ in their block only; ``ends`` are those of the highest blocks."""

    members: tuple[Target, ...]
    ends: tuple[Target, ...]


def kinds_of(targets: Iterable[Target]) -> list[Kind]:
    """Group ``targets`` by name but for the block, and by sizes: a LoRA has a few dozen kinds.

    Names that no model has for their length, and kinds beyond what any model has, are left out:
    a hostile file may list any number of layers.
    """
    groups: dict[tuple[str, int | None, int | None], list[Target]] = {}
    for target in targets:
        if len(target.name) > _LONGEST_NAME:
            continue
        key = (_BLOCK.sub("#", target.name), target.into, target.out)
        if key in groups or len(groups) < _MOST_KINDS:
            groups.setdefault(key, []).append(target)
    return [Kind(tuple(group), _ends(group)) for group in groups.values()]


_BLOCK = re.compile(r"(?<=blocks_)\d{1,6}|(?<=layers_)\d{1,6}")
_LONGEST_NAME = 300
_MOST_KINDS = 1000
_MOST_BLOCKS = 400
"""Blocks of one kind that are looked at one by one; the deepest model known here has 60."""


def _ends(group: Sequence[Target]) -> tuple[Target, ...]:
    """The layers with the highest first and the highest last block number."""
    numbers = [[int(number) for number in _BLOCK.findall(target.name)] for target in group]
    if not numbers[0]:
        return (group[0],)
    places = range(len(group))
    first = max(places, key=lambda place: numbers[place][0])
    final = max(places, key=lambda place: numbers[place][-1])
    return tuple({group[place].shown: group[place] for place in (first, final)}.values())


def match_bases(targets: Sequence[Target], bases: Iterable[Base]) -> list[Match]:
    """Every base that has some of ``targets``, the one with most of them first."""
    kinds = kinds_of(targets)
    names = "\n".join(target.name for kind in kinds for target in kind.members)
    found = []
    for base in bases:
        if base.needs and not re.search(base.needs, names, re.MULTILINE):
            continue
        if base.never and re.search(base.never, names, re.MULTILINE):
            continue
        match = _match(base, kinds)
        if match.hits:
            found.append(match)
    return sorted(found, key=lambda match: (-match.hits, match.base.id))


def _match(base: Base, kinds: Sequence[Kind]) -> Match:
    hits, clash = 0, ""
    for kind in kinds:
        problems = {target.shown: base.takes(target) for target in kind.ends}
        if any(problems.values()) and len(kind.members) <= _MOST_BLOCKS:
            problems |= {target.shown: base.takes(target) for target in kind.members}
            hits += sum(not problems[target.shown] for target in kind.members)
        elif not any(problems.values()):
            hits += len(kind.members)
        for name, problem in problems.items():
            if problem and problem != NO_SUCH_LAYER:
                clash = clash or f"{quoted(name)} {problem}"
    return Match(base=base, hits=hits, clash=clash)
