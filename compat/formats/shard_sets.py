"""Checks shards that no index names: are all numbers there, and does gguf's own count agree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.header import try_header
from compat.formats.model import Header
from compat.formats.shard_names import shard_name
from compat.formats.shards import FETCH_SHARD
from compat.formats.wording import damage, quoted

MOST_NUMBERS = 10_000


@dataclass(frozen=True, slots=True)
class ShardSet:
    """Shards of one model by their numbers, and how many there should be."""

    files: tuple[tuple[int, Path], ...]
    count: int
    ending: str

    @property
    def first(self) -> Path:
        """The shard with the lowest number that is there."""
        return self.files[0][1]


def numbered_sets(files: Iterable[Path]) -> list[ShardSet]:
    """The sets among ``files`` whose names are numbered alike."""
    groups: dict[tuple[Path, str, int, str], list[tuple[int, Path]]] = {}
    for file in files:
        part = shard_name(file.name)
        if part is not None and part.ending in (".safetensors", ".gguf", ".bin"):
            key = (file.parent, part.stem, part.count, part.ending)
            groups.setdefault(key, []).append((part.number, file))
    return [
        ShardSet(tuple(sorted(found)), count, ending)
        for (_, _, count, ending), found in groups.items()
    ]


def set_findings(shards: ShardSet) -> Iterator[Finding]:
    """Numbers that are missing, an index that is missing, and what gguf says of its own parts."""
    there = {number for number, _ in shards.files}
    lost = [n for n in range(1, min(shards.count, MOST_NUMBERS) + 1) if n not in there]
    if lost:
        shown = ", ".join(map(str, lost[:8]))
        yield damage(
            "shard-numbers-missing",
            shards.first,
            f"{len(lost)} of {shards.count} shards are not there: number {shown}"
            f"{' and more' if len(lost) > 8 else ''}",
            remedy=FETCH_SHARD,
            missing_numbers=lost[:64],
        )
    if shards.ending == ".gguf":
        yield from _gguf_findings(shards)
    else:
        yield damage(
            "shard-index-missing",
            shards.first,
            f"{quoted(shards.first.name)} is one shard of several and no index names the others",
            remedy=f"download the {shards.ending}.index.json of this model and all its shards",
        )


def _gguf_findings(shards: ShardSet) -> Iterator[Finding]:
    headers = [(number, header) for number, file in shards.files if (header := _header(file))]
    for number, header in headers:
        yield from _split_findings(number, shards.count, header)
    promised = {header.metadata.get("split.tensors.count") for _, header in headers} - {None}
    if len(headers) == shards.count and len(promised) == 1:
        held = sum(len(header.tensors) for _, header in headers)
        if promised != {str(held)}:
            yield damage(
                "gguf-split-tensors-differ",
                shards.first,
                f"split.tensors.count promises {quoted(promised.pop())} tensors, the parts hold "
                f"{held}",
                remedy="the parts are of different versions; download them all again",
                detail="split.tensors.count",
                found=held,
            )


def _header(file: Path) -> Header | None:
    try:
        reading = try_header(file)
    except OSError:
        return None
    return reading.header if reading is not None else None


def _split_findings(number: int, count: int, header: Header) -> Iterator[Finding]:
    named = {"split.no": number - 1, "split.count": count}  # llama.cpp counts parts from 0
    for key, expected in named.items():
        found = header.metadata.get(key)
        if found is None:
            yield damage(
                "gguf-split-unmarked",
                header.path,
                f"it is named as part {number} of {count} and has no {key}; llama.cpp refuses it",
                remedy="rename it, or split the model with gguf-split",
                detail=key,
                severity=Severity.MEDIUM,
            )
            return
        if found != str(expected):
            yield damage(
                "gguf-split-misnumbered",
                header.path,
                f"it is named as part {number} of {count} and its {key} is {quoted(found)}, "
                f"expected {expected}",
                remedy="give the part its own name back, or download it again",
                detail=key,
                expected=expected,
            )
