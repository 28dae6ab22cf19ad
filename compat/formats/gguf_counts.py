"""Finds the header whose counts lie: the rest of it fits, with one number other than announced."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from compat.formats.dtypes import GGML_TYPES
from compat.formats.gguf_cursor import Cursor, CutError, NonsenseError
from compat.formats.gguf_header import Entry, Parts, read_entries, read_pairs

TRIED = 8
"""How far a count is taken to be off. A writer that forgets or repeats entries is off by few."""

MOST_TENSORS = 4000
"""Headers of more tensors are not tried again and again; published ones have 1,500 at most."""


def right_counts(handle: BinaryIO, size: int, parts: Parts) -> Parts | None:
    """The parts of the header with counts that fit the whole file; None where none do.

    ``parts`` holds what could be read with the announced counts. An answer has every tensor where
    the one before it ends, and the last one at the end of the file: nothing fits so by chance.
    """
    if parts.tensors > MOST_TENSORS:
        return None
    announced = (parts.tensors, parts.pairs)
    return next(
        (
            one
            for one in _candidates(handle, size, parts)
            if (one.tensors, one.pairs) != announced and _fits(one, size)
        ),
        None,
    )


def counts_too_low(handle: BinaryIO, size: int, parts: Parts) -> Parts | None:
    """The parts with the tensors that stand behind the announced ones; None where none do."""
    more = _entries_from(handle, size, parts.end, TRIED)
    if not more:
        return None
    found = replace(parts, entries=[*parts.entries, *more], end=_end_of(more[-1]))
    found.tensors = len(found.entries)
    return found if _fits(found, size) else None


def _candidates(handle: BinaryIO, size: int, parts: Parts) -> Iterator[Parts]:
    starts = [pair.at for pair in parts.metadata]
    # Too many pairs announced: a tensor entry was read as a pair, one of the last few.
    for kept in range(len(starts) - 1, max(-1, len(starts) - 1 - TRIED), -1):
        fewer = replace(parts, metadata=parts.metadata[:kept])
        yield _with_entries(handle, size, fewer, starts[kept])
    # The pair that could not be read is the first tensor.
    if len(parts.metadata) < parts.pairs:
        yield _with_entries(handle, size, parts, parts.end)
    # Too few pairs announced: pairs stand where tensors are expected.
    for extra in range(1, TRIED + 1):
        longer = _with_pairs(handle, size, parts, extra)
        if longer is None:
            break
        yield _with_entries(handle, size, longer, longer.end)
    # Too many tensors announced: the padding behind the last one was read as one more.
    for kept in range(len(parts.entries), max(0, len(parts.entries) - TRIED), -1):
        entries = parts.entries[:kept]
        yield replace(parts, tensors=kept, entries=entries, end=_end_of(entries[-1]))


def _with_entries(handle: BinaryIO, size: int, parts: Parts, start: int) -> Parts:
    entries = _entries_from(handle, size, start, parts.tensors)
    end = _end_of(entries[-1]) if entries else start
    return replace(parts, entries=entries, end=end, pairs=len(parts.metadata))


def _with_pairs(handle: BinaryIO, size: int, parts: Parts, extra: int) -> Parts | None:
    start = parts.entries[0].at if parts.entries else parts.end
    cursor = Cursor(handle, size, start)
    try:
        more = list(read_pairs(cursor, extra))
    except (CutError, NonsenseError):
        return None
    metadata = [*parts.metadata, *more]
    return replace(parts, metadata=metadata, pairs=len(metadata), end=cursor.position)


def _entries_from(handle: BinaryIO, size: int, start: int, most: int) -> list[Entry]:
    """The entries that can be read from ``start`` on and make sense, at most ``most``."""
    found: list[Entry] = []
    try:
        for entry in read_entries(Cursor(handle, size, start), most):
            if not entry.name or not entry.good_name or entry.kind not in GGML_TYPES:
                break
            found.append(entry)
    except (CutError, NonsenseError):
        pass
    return found


def _end_of(entry: Entry) -> int:
    name = len(entry.name.encode("utf-8"))
    return entry.at + 8 + name + 4 + 8 * len(entry.sides) + 4 + 8


def _fits(parts: Parts, size: int) -> bool:
    alignment = parts.alignment
    if alignment is None or len(parts.entries) != parts.tensors or not parts.entries:
        return False
    reached = 0
    for entry in parts.entries:
        nbytes = entry.nbytes
        if nbytes is None or entry.offset != reached:
            return False
        reached = -(-(entry.offset + nbytes) // alignment) * alignment
    last = parts.entries[-1]
    end = parts.data_start + last.offset + (last.nbytes or 0)
    names = {entry.name for entry in parts.entries}
    return (
        "" not in names
        and len(names) == len(parts.entries)
        and end <= size <= parts.data_start + reached
    )
