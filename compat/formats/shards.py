"""Holds a shard index against the shards beside it: files, tensors and bytes."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.header import try_header
from compat.formats.layout import MOST_REPEATS
from compat.formats.wording import byte_numbers, damage, quoted

FETCH_SHARD = "download the missing shard; the others can stay"


def shard_names(index: Path) -> frozenset[str]:
    """File names the index points to, only those that stay inside its folder."""
    try:
        return frozenset(filter(_stays, _weight_map(index).values()))
    except UnreadableJsonError:
        return frozenset()


def shard_findings(index: Path) -> Iterator[Finding]:
    """Everything that index and shards disagree about; headers are read, no data."""
    try:
        table = _weight_map(index)
    except UnreadableJsonError as error:
        yield damage(
            "shard-index-unreadable",
            index,
            f"the shard index cannot be read: {error}",
            remedy="download the index again",
        )
        return
    outside = [name for name in set(table.values()) if not _stays(name)]
    yield from (_escapes(index, name) for name in sorted(outside)[:MOST_REPEATS])
    for name in sorted(set(table.values()) - set(outside)):
        if not (index.parent / name).is_file():
            yield _shard_missing(index, name)
    yield from _tensor_findings(index, table)


def _weight_map(index: Path) -> Mapping[str, str]:
    table: Any = read_json_object(index).get("weight_map")
    if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
        raise UnreadableJsonError("it holds no weight_map of file names")
    return table


def _stays(name: str) -> bool:
    return bool(name) and not set(name) & set("/\\:\0") and name not in (".", "..")


def _tensor_findings(index: Path, table: Mapping[str, str]) -> Iterator[Finding]:
    held: dict[str, frozenset[str]] = {}
    total = 0
    for name in sorted(set(table.values())):
        path = index.parent / name
        if not _stays(name) or not path.is_file():
            return  # already said; the sums below need every shard
        reading = try_header(path)
        if reading is None or reading.header is None:
            return  # the shard's own report says what is wrong with it
        held[name] = frozenset(reading.header.tensors)
        total += sum(t.end - t.start for t in reading.header.tensors.values())
    absent = (key for key, name in table.items() if key not in held[name])
    yield from (_tensor_missing(index, key, table[key]) for key in islice(absent, MOST_REPEATS))
    yield from _total_problem(index, total)


def _total_problem(index: Path, total: int) -> Iterator[Finding]:
    metadata = read_json_object(index).get("metadata")
    promised = metadata.get("total_size") if isinstance(metadata, dict) else None
    if isinstance(promised, int) and promised != total:
        yield damage(
            "shard-total-differs",
            index,
            f"the index promises {promised} bytes of tensors, the shards hold {total}",
            remedy="index and shards are of different versions; download both again",
            # Publishers have written totals of another dtype; the tensors themselves decide.
            severity=Severity.LOW,
            evidence=byte_numbers(promised, total),
        )


def _escapes(index: Path, name: str) -> Finding:
    return damage(
        "shard-name-escapes",
        index,
        f"the index points to {quoted(name)}, outside its folder",
        remedy="do not load this model; its index is not what any library writes",
        detail=quoted(name),
    )


def _shard_missing(index: Path, name: str) -> Finding:
    return damage(
        "shard-missing",
        index.parent / name,
        f"the index names the shard {quoted(name)} and it is not there",
        remedy=FETCH_SHARD,
        detail=quoted(name),
    )


def _tensor_missing(index: Path, key: str, shard: str) -> Finding:
    return damage(
        "shard-tensor-missing",
        index.parent / shard,
        f"the index promises tensor {quoted(key)} in {quoted(shard)} and it is not in there",
        remedy="index and shard are of different versions; download both again",
        detail=quoted(key),
    )
