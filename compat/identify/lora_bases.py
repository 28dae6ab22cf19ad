"""Which model a LoRA was trained on, by the names and sizes of the layers it changes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from compat.identify.lora_targets import Target

Sizes = tuple[int | None, int | None]
"""Input and output size of a layer; None where the base has more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A model that LoRAs are made for.

    ``layers`` are its layers by pattern (on names with underscores), with their sizes. ``blocks``
    bounds the number that a pattern calls n, ``singles`` the one it calls s. ``needs`` must occur among the targets, ``never`` must not.
    ``fits`` are the ids of the diffusion models that take such a LoRA, ``words`` what training
    tools call the base in metadata. ``video`` is False for models of pictures.
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

    def __post_init__(self) -> None:
        """Compile the patterns once."""
        compiled = tuple((re.compile(key), sizes) for key, sizes in self.layers.items())
        object.__setattr__(self, "_compiled", compiled)

    def takes(self, target: Target) -> str:
        """Empty where ``target`` is a layer of this base, else what does not fit."""
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
        last = {"n": -1, "s": -1}
        for target in targets:
            for pattern, _ in self._compiled:
                if hit := pattern.fullmatch(target.name):
                    for group, number in hit.groupdict().items():
                        last[group] = max(last[group], int(number))
                    break
        ends = {"n": self.blocks - 1, "s": self.singles - 1}
        touched = {group: number for group, number in last.items() if number >= 0}
        return bool(touched) and all(ends[group] == number for group, number in touched.items())


NO_SUCH_LAYER = "no such layer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One base against all targets: how many it has, and the first that it has in another size."""

    base: Base
    hits: int
    clash: str = ""


def match_bases(targets: Sequence[Target], bases: Iterable[Base]) -> list[Match]:
    """Every base that has some of ``targets``, the one with most of them first."""
    names = [target.name for target in targets]
    found = []
    for base in bases:
        if base.needs and not any(re.search(base.needs, name) for name in names):
            continue
        if base.never and any(re.search(base.never, name) for name in names):
            continue
        hits, clash = 0, ""
        for target in targets:
            problem = base.takes(target)
            hits += not problem
            if problem and problem != NO_SUCH_LAYER:
                clash = clash or f"{target.name[:80]} {problem}"
        if hits:
            found.append(Match(base=base, hits=hits, clash=clash))
    return sorted(found, key=lambda match: (-match.hits, match.base.id))
