"""Reads safetensors headers with every rule of the reference reader, and one name per failure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import prod
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.dtypes import (
    RECENT_SINCE,
    SAFETENSORS_BITS,
    SAFETENSORS_SINCE,
    unknown_word_advice,
)
from compat.formats.file_end import end_finding, page_finding
from compat.formats.layout import MOST_REPEATS, WRONG_WRITER, gaps
from compat.formats.model import Header, Reading, TensorInfo
from compat.formats.safetensors_entry import Entry, Table
from compat.formats.safetensors_table import read_table
from compat.formats.safetensors_text import take_text, wrong_length
from compat.formats.tensor_names import name_findings
from compat.formats.wording import byte_numbers, damage, quoted

_NO_SIZE = -1
_LONGEST = 1 << 64
_TEXT_RULES = (
    "safetensors-header-not-json",
    "safetensors-header-not-object",
    "safetensors-header-not-utf8",
)


def read_safetensors(path: Path) -> Reading:
    """Read and check the header of ``path``; raises ``OSError`` only where it cannot be opened.

    At most the header is read, no tensor data. The header in the answer is None where the table of
    tensors could not be understood at all.
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        taken = take_text(path, handle, size)
        if taken.text is None:
            return Reading(header=None, findings=tuple(taken.findings))
        table = read_table(path, taken.text)
        if table.findings and table.findings[0].rule in _TEXT_RULES:
            cause = wrong_length(path, handle, size, taken.header_end - 8)
            cause = cause or page_finding(path, "safetensors", taken.header_end, size)
            table.findings[0] = cause or table.findings[0]
    taken.text = None
    findings = [*taken.findings, *table.findings]
    if not table.readable:
        return Reading(header=None, findings=tuple(findings))
    header, outline = _header(path, table, taken.header_end, size)
    findings.extend(_findings(header, table, outline))
    return Reading(header=header, findings=tuple(findings))


@dataclass(frozen=True, slots=True)
class _Outline:
    """What one pass over the entries shows: is all in order, where do they end, which dtypes."""

    ordinary: bool
    data_end: int
    dtypes: frozenset[str]


def _header(path: Path, table: Table, start: int, size: int) -> tuple[Header, _Outline]:
    tensors, reached, ordinary = {}, 0, table.plain and table.complete
    dtypes, data_end = set(), 0
    bits_of = SAFETENSORS_BITS.get
    for name, entry in table.entries:
        begin, end = entry.data_offsets
        word, shape = entry.dtype, entry.shape
        tensors[name] = _tensor(name, word, shape, start + begin, start + end)
        bits = prod(shape) * bits_of(word, _NO_SIZE)
        if begin != reached or bits != (end - begin) * 8 or not bits:
            ordinary = False
            data_end = max(data_end, reached, end)
        dtypes.add(word)
        reached = end
    header = Header(
        path=path,
        format="safetensors",
        tensors=tensors,
        metadata=table.metadata,
        data_start=start,
        file_size=size,
    )
    return header, _Outline(ordinary, start + max(data_end, reached), frozenset(dtypes))


_SETTERS = tuple(
    getattr(TensorInfo, field).__set__ for field in ("name", "dtype", "shape", "start", "end")
)


def _tensor(name: str, dtype: str, shape: tuple[int, ...], start: int, end: int) -> TensorInfo:
    """``TensorInfo(...)`` at half its price: a frozen dataclass looks up every field by name.

    A tenth of the whole verdict on a file of 4,000 tensors.
    """
    tensor = object.__new__(TensorInfo)
    set_name, set_dtype, set_shape, set_start, set_end = _SETTERS
    set_name(tensor, name)
    set_dtype(tensor, dtype)
    set_shape(tensor, shape)
    set_start(tensor, start)
    set_end(tensor, end)
    return tensor


def _findings(header: Header, table: Table, outline: _Outline) -> Iterator[Finding]:
    path, start = header.path, header.data_start
    if not table.entries and table.complete:
        yield _no_tensors(path)
    if not table.plain:
        yield from name_findings(path, "safetensors", header.tensors)
    yield from _dtype_findings(path, table.entries, outline.dtypes)
    if not outline.ordinary:
        problems = list(islice(_entry_findings(path, table.entries), MOST_REPEATS))
        yield from problems
        if any(problem.rule == "safetensors-backwards-offsets" for problem in problems):
            return  # where the tensors lie is not known, so gaps and the end say nothing
        infos = _infos(header, table.entries)
        yield from gaps(path, "safetensors", infos, start, complete=table.complete)
    if table.complete and header.file_size != outline.data_end:
        yield end_finding(path, "safetensors", outline.data_end, header.file_size)


def _infos(header: Header, entries: Collection[tuple[str, Entry]]) -> Collection[TensorInfo]:
    """Every entry as a tensor, also those of a name that stands twice."""
    if len(entries) == len(header.tensors):
        return header.tensors.values()
    start = header.data_start
    return [
        TensorInfo(name, one.dtype, one.shape, *(start + offset for offset in one.data_offsets))
        for name, one in entries
    ]


def _no_tensors(path: Path) -> Finding:
    return damage(
        "safetensors-no-tensors",
        path,
        "the header is right and names no tensor: the file holds no weights",
        remedy="nothing, where that is meant; else get the file from its publisher",
        detail="byte 8",
        severity=Severity.INFO,
    )


def _dtype_findings(
    path: Path, entries: Collection[tuple[str, Entry]], words: frozenset[str]
) -> Iterator[Finding]:
    for word in islice(sorted(words - SAFETENSORS_BITS.keys()), MOST_REPEATS):
        having = [name for name, entry in entries if entry.dtype == word]
        yield damage(
            "safetensors-unknown-dtype",
            path,
            f"tensor {quoted(having[0])} has dtype {quoted(word)}: {unknown_word_advice(word)}",
            remedy="save the file again in a dtype that safetensors knows, or update the reader",
            detail=quoted(having[0]),
            tensors=len(having),
        )
    for word, since in SAFETENSORS_SINCE.items():
        if word in words and since in RECENT_SINCE:
            yield _recent(path, word, since, sum(entry.dtype == word for _, entry in entries))


def _recent(path: Path, word: str, since: str, tensors: int) -> Finding:
    return damage(
        "safetensors-recent-dtype",
        path,
        f"{tensors} tensors are {word}, which safetensors reads from {since} on; an older one "
        "calls the whole header invalid",
        remedy=f"update safetensors to {since} or later where the file is loaded",
        detail=word,
        severity=Severity.INFO,
        tensors=tensors,
        since=since,
    )


def _entry_findings(path: Path, entries: Iterable[tuple[str, Entry]]) -> Iterator[Finding]:
    for name, entry in entries:
        problem = _entry_problem(path, name, entry)
        if problem is not None:
            yield problem


def _entry_problem(path: Path, name: str, entry: Entry) -> Finding | None:
    begin, end = entry.data_offsets
    if end < begin:
        return damage(
            "safetensors-backwards-offsets",
            path,
            f"tensor {quoted(name)} ends at data byte {end}, before it begins at {begin}",
            remedy=WRONG_WRITER,
            detail=quoted(name),
        )
    bits = SAFETENSORS_BITS.get(entry.dtype)
    return None if bits is None else _size_problem(path, name, entry, bits)


def _size_problem(path: Path, name: str, entry: Entry, bits: int) -> Finding | None:
    total = _bits_as_the_reference_counts(entry.shape, bits)
    found = entry.data_offsets[1] - entry.data_offsets[0]
    if total == 8 * found:
        return None
    what = f"tensor {quoted(name)} of {entry.dtype} {list(entry.shape)[:8]}"
    if total is None:
        return damage(
            "safetensors-size-overflow",
            path,
            f"{what} has more bits than 64-bit numbers count; the reference reader refuses it",
            remedy=WRONG_WRITER,
            detail=quoted(name),
        )
    if total % 8:
        return damage(
            "safetensors-part-of-a-byte",
            path,
            f"{what} takes {total} bits, expected whole bytes",
            remedy=WRONG_WRITER,
            detail=quoted(name),
            bits=total,
        )
    return damage(
        "safetensors-size-mismatch",
        path,
        f"{what} needs {total // 8} bytes, its offsets span {found}",
        remedy=WRONG_WRITER,
        detail=quoted(name),
        evidence=byte_numbers(total // 8, found),
    )


def _bits_as_the_reference_counts(shape: tuple[int, ...], bits: int) -> int | None:
    """Bits of a tensor, None where a product on the way there leaves 64 bits.

    [2**63, 4, 0] overflows and [0, 2**63, 4] does not: the reference multiplies from the left.
    """
    total = 1
    for side in (*shape, bits):
        total *= side
        if total >= _LONGEST:
            return None
    return total
