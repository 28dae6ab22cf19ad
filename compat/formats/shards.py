"""Holds a shard index against the shards beside it: files, tensors and bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.header import try_header
from compat.formats.layout import MOST_REPEATS
from compat.formats.shard_names import ShardName, shard_name, variant_of
from compat.formats.wording import byte_numbers, damage, quoted

FETCH_SHARD = "download the missing shard; the others can stay"
OTHER_VERSION = "index and shard are of different versions; download both again"


@dataclass(frozen=True, slots=True)
class _Index:
    path: Path
    table: Mapping[str, str]
    total: object

    @property
    def shards(self) -> list[str]:
        """File names that stay inside the folder, sorted."""
        return sorted({name for name in self.table.values() if _stays(name)})


def is_shard_index(path: Path) -> bool:
    """Whether the name is that of a shard index, with or without a variant in it."""
    name = path.name.lower()
    return name.endswith(".json") and ".index." in name and not name.startswith("model_index.")


def named_shards(index: Path) -> frozenset[str]:
    """File names the index points to, only those that stay inside its folder."""
    try:
        return frozenset(_read(index).shards)
    except UnreadableJsonError:
        return frozenset()


def shard_findings(index: Path) -> Iterator[Finding]:
    """Everything that index and shards disagree about; headers are read, no data."""
    try:
        content = _read(index)
    except UnreadableJsonError as error:
        yield damage(
            "shard-index-unreadable",
            index,
            f"the shard index cannot be read: {error}",
            remedy="download the index again",
        )
        return
    if not content.table:
        yield damage(
            "shard-index-empty",
            index,
            "the index names no tensor, expected every tensor of the model",
            remedy="download the index again",
        )
        return
    yield from _file_findings(content)
    yield from _tensor_findings(content)


def _read(index: Path) -> _Index:
    content = read_json_object(index)
    table: Any = content.get("weight_map")
    if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
        raise UnreadableJsonError("it holds no weight_map of file names")
    metadata = content.get("metadata")
    return _Index(index, table, metadata.get("total_size") if isinstance(metadata, dict) else None)


def _stays(name: str) -> bool:
    return bool(name) and not set(name) & set("/\\:\0") and name not in (".", "..")


def _file_findings(index: _Index) -> Iterator[Finding]:
    outside = sorted(name for name in set(index.table.values()) if not _stays(name))
    yield from (_escapes(index.path, name) for name in outside[:MOST_REPEATS])
    missing = [name for name in index.shards if not (index.path.parent / name).is_file()]
    yield from (_shard_missing(index, name) for name in missing[:MOST_REPEATS])
    yield from _links_outside(index)
    yield from _count_findings(index)
    yield from _variant_findings(index)
    yield from _unnamed_files(index)


def _links_outside(index: _Index) -> Iterator[Finding]:
    """Shards that are links out of the model's own folder or download cache."""
    folder = index.path.parent.resolve()
    home = next((p for p in index.path.absolute().parents if p.name.startswith("models--")), folder)
    for name in index.shards:
        path = index.path.parent / name
        if path.is_symlink() and home.resolve() not in path.resolve().parents:
            yield damage(
                "shard-link-outside",
                path,
                f"the shard {quoted(name)} is a link out of the model's folder, to "
                f"{quoted(path.resolve())}",
                remedy="nothing, where you have put the link there",
                detail=quoted(name),
                severity=Severity.INFO,
            )


def _count_findings(index: _Index) -> Iterator[Finding]:
    parts = [part for part in map(shard_name, index.shards) if part is not None]
    counts = {part.count for part in parts}
    if len(parts) == len(index.shards) and len(counts) == 1 and counts != {len(parts)}:
        numbers = {part.number for part in parts}
        lost = [n for n in range(1, min(counts.copy().pop(), 10_000) + 1) if n not in numbers]
        yield damage(
            "shard-index-incomplete",
            index.path,
            f"the index names {len(parts)} shards of {counts.copy().pop()}, number "
            f"{', '.join(map(str, lost[:8]))} is not among them",
            remedy="download the index again",
            missing_numbers=lost[:64],
        )


def _variant_findings(index: _Index) -> Iterator[Finding]:
    variants = {variant_of(name) for name in index.shards}
    if len(variants) > 1:
        shown = ", ".join(quoted(v or "none") for v in sorted(variants)[:4])
        yield damage(
            "shard-variants-mixed",
            index.path,
            f"the index mixes shards of different variants ({shown}), expected one",
            remedy="download the index of the variant you want, and its shards",
            variants=sorted(variants)[:8],
        )


def _unnamed_files(index: _Index) -> Iterator[Finding]:
    named = set(index.shards)
    stems = {(p.stem, p.ending) for p in map(shard_name, named) if p is not None}
    extra = [
        file.name
        for file in sorted(index.path.parent.iterdir())
        if file.name not in named and _belongs(shard_name(file.name), stems)
    ]
    if extra:
        yield damage(
            "shard-not-in-index",
            index.path.parent / extra[0],
            f"{len(extra)} shard(s) lie beside the index and it names none of them, first "
            f"{quoted(extra[0])}",
            remedy="delete what an earlier version of the model has left, or download the index "
            "again",
            # Loaders read only what the index names.
            severity=Severity.LOW,
            files=[quoted(name) for name in extra[:16]],
        )


def _belongs(part: ShardName | None, stems: set[tuple[str, str]]) -> bool:
    return part is not None and (part.stem, part.ending) in stems


def _tensor_findings(index: _Index) -> Iterator[Finding]:
    held = _tensors_of(index)
    if held is None:
        return  # a shard is missing or broken, which is said elsewhere; the sums need them all
    place: dict[str, list[str]] = {}
    for shard, tensors in held.items():
        for key in tensors:
            place.setdefault(key, []).append(shard)
    lost = (key for key, shard in index.table.items() if shard not in place.get(key, ()))
    yield from (_lost(index, key, place.get(key, [])) for key in islice(lost, MOST_REPEATS))
    yield from _unnamed_tensors(index, place)
    twice = (key for key, shards in place.items() if len(shards) > 1)
    yield from (_twice(index, key, place[key]) for key in islice(twice, MOST_REPEATS))
    yield from _total_problem(index, sum(sum(tensors.values()) for tensors in held.values()))


def _tensors_of(index: _Index) -> dict[str, dict[str, int]] | None:
    """The bytes of each tensor of each shard; None where any shard cannot be read."""
    held: dict[str, dict[str, int]] = {}
    for name in index.shards:
        try:
            reading = try_header(index.path.parent / name)
        except OSError:
            return None
        if reading is None or reading.header is None:
            return None
        held[name] = {t.name: t.end - t.start for t in reading.header.tensors.values()}
    return held


def _unnamed_tensors(index: _Index, place: Mapping[str, list[str]]) -> Iterator[Finding]:
    extra = [key for key in place if key not in index.table]
    if extra:
        yield damage(
            "shard-tensor-not-in-index",
            index.path.parent / place[extra[0]][0],
            f"{len(extra)} tensor(s) of the shards are not in the index, first {quoted(extra[0])}",
            remedy=OTHER_VERSION,
            detail=quoted(extra[0]),
            severity=Severity.MEDIUM,
            tensors=[quoted(key) for key in extra[:16]],
        )


def _total_problem(index: _Index, total: int) -> Iterator[Finding]:
    promised = index.total
    if isinstance(promised, int | float) and promised != total:
        yield damage(
            "shard-total-differs",
            index.path,
            f"the index promises {promised} bytes of tensors, the shards hold {total}",
            remedy=OTHER_VERSION,
            # Publishers have written totals of another dtype; the tensors themselves decide.
            severity=Severity.LOW,
            evidence=byte_numbers(int(promised), total),
        )


def _escapes(index: Path, name: str) -> Finding:
    return damage(
        "shard-name-escapes",
        index,
        f"the index points to {quoted(name)}, outside its folder",
        remedy="do not load this model; its index is not what any library writes",
        detail=quoted(name),
    )


def _shard_missing(index: _Index, name: str) -> Finding:
    count = sum(shard == name for shard in index.table.values())
    link = (index.path.parent / name).is_symlink()
    return damage(
        "shard-missing",
        index.path.parent / name,
        f"the index names the shard {quoted(name)} with {count} of {len(index.table)} tensors and "
        f"{'what its link points to is' if link else 'it is'} not there",
        remedy=FETCH_SHARD,
        detail=quoted(name),
        tensors=count,
    )


def _lost(index: _Index, key: str, found_in: list[str]) -> Finding:
    shard = index.table[key]
    if found_in:
        return damage(
            "shard-tensor-misplaced",
            index.path.parent / found_in[0],
            f"the index promises tensor {quoted(key)} in {quoted(shard)} and it is in "
            f"{quoted(found_in[0])}",
            remedy=OTHER_VERSION,
            detail=quoted(key),
        )
    return damage(
        "shard-tensor-missing",
        index.path.parent / shard,
        f"the index promises tensor {quoted(key)} in {quoted(shard)} and it is in no shard",
        remedy=OTHER_VERSION,
        detail=quoted(key),
    )


def _twice(index: _Index, key: str, shards: list[str]) -> Finding:
    return damage(
        "shard-tensor-twice",
        index.path.parent / shards[1],
        f"tensor {quoted(key)} is in {quoted(shards[0])} and in {quoted(shards[1])}; which of the "
        "two is used depends on the loader",
        remedy="the shards are of different versions; download them all again",
        detail=quoted(key),
        severity=Severity.MEDIUM,
    )
