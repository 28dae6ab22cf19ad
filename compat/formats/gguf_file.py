"""Reads gguf headers with a reader of its own that believes no count and no offset."""

from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding
from compat.formats.gguf_counts import counts_too_low, right_counts
from compat.formats.gguf_cursor import Cursor, CutError, NonsenseError
from compat.formats.gguf_header import (
    MOST_PAIRS,
    MOST_TENSORS,
    SMALLEST_ENTRY,
    SMALLEST_PAIR,
    Entry,
    Parts,
    read_entries,
    read_pairs,
)
from compat.formats.gguf_layout import Layout
from compat.formats.gguf_rules import entry_findings, header_remarks, pair_findings
from compat.formats.layout import MOST_REPEATS, WRONG_WRITER
from compat.formats.model import Header, Reading, TensorInfo
from compat.formats.wording import byte_numbers, damage

SUPPORTED_VERSIONS = (2, 3)
_GEOMETRY = ("gguf-overlap", "gguf-short-tensor", "gguf-same-offset", "gguf-hole", "gguf-unaligned")


def read_gguf(path: Path) -> Reading:
    """Read and check the header of ``path``; raises ``OSError`` only where it cannot be opened."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        parts = Parts(tensors=0, pairs=0)
        try:
            _read(handle, size, parts)
            problem = None
        except CutError as error:
            problem = _cut_in_header(path, size, error)
        except NonsenseError as error:
            problem = _nonsense(path, error)
        return _answer(path, handle, size, parts, problem)


def _read(handle: BinaryIO, size: int, parts: Parts) -> None:
    """Fill ``parts`` as far as the header can be read; raises where it cannot."""
    cursor = Cursor(handle, size)
    _read_start(cursor, size, parts)
    for pair in read_pairs(cursor, parts.pairs):
        parts.metadata.append(pair)
        parts.end = cursor.position
    for entry in read_entries(cursor, parts.tensors):
        parts.entries.append(entry)
    parts.end = cursor.position


def _read_start(cursor: Cursor, size: int, parts: Parts) -> None:
    if cursor.take(4) != b"GGUF":
        raise NonsenseError("gguf-bad-magic", "the file does not begin with GGUF", 0)
    version = cursor.number(4)
    if version not in SUPPORTED_VERSIONS:
        swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
        if swapped in (1, *SUPPORTED_VERSIONS):
            message = f"it is version {swapped} in big-endian order; readers on ggml refuse it"
            raise NonsenseError("gguf-big-endian", message, 4)
        message = f"the version is {version}, expected 2 or 3; gguf-py and ggml refuse the file"
        raise NonsenseError("gguf-version", message, 4)
    tensors, pairs = cursor.numbers(2)
    parts.end = cursor.position
    _check_count("tensors", tensors, size // SMALLEST_ENTRY, MOST_TENSORS)
    _check_count("metadata entries", pairs, size // SMALLEST_PAIR, MOST_PAIRS)
    parts.tensors, parts.pairs = tensors, pairs


def _check_count(what: str, count: int, room: int, most: int) -> None:
    if count > room:
        message = f"the header announces {count} {what}, a file of this size holds at most {room}"
        raise NonsenseError("gguf-count-too-high", message, 8)
    if count > most:
        message = f"the header announces {count} {what}, at most {most} are read here: no model has"
        raise NonsenseError("gguf-header-bomb", f"{message} so many", 8)


def _answer(
    path: Path, handle: BinaryIO, size: int, parts: Parts, problem: Finding | None
) -> Reading:
    findings = [problem] if problem else _findings(path, size, parts)
    if problem or any(finding.rule in (*_GEOMETRY, "gguf-empty-name") for finding in findings):
        right = right_counts(handle, size, parts)
    elif any(finding.rule == "gguf-trailing-bytes" for finding in findings):
        right = counts_too_low(handle, size, parts)
    else:
        right = None
    if right is not None:
        lie = _wrong_count(path, parts, right)
        return Reading(header=_header(path, size, right), findings=(lie,))
    if problem or parts.alignment is None:
        return Reading(header=None, findings=tuple(findings))
    return Reading(header=_header(path, size, parts), findings=tuple(findings))


def _findings(path: Path, size: int, parts: Parts) -> list[Finding]:
    pairs = list(pair_findings(path, parts.metadata))
    findings = [*pairs[:MOST_REPEATS], *entry_findings(path, parts)]
    alignment = parts.alignment
    if alignment is None or (parts.entries and parts.data_start > size):
        return [*findings, _bad_alignment(path, size, parts)]
    if not any(finding.rule == "gguf-size-overflow" for finding in findings):
        findings.extend(Layout(path, parts, size).findings())
    return [*findings, *header_remarks(path, parts)]


def _header(path: Path, size: int, parts: Parts) -> Header:
    ends, start = _ends(parts, size), parts.data_start
    return Header(
        path=path,
        format="gguf",
        # gguf writes the fastest dimension first; everything else here has it last.
        tensors={
            entry.name: TensorInfo(
                entry.name, entry.dtype, entry.sides[::-1], start + entry.offset, end
            )
            for entry, end in zip(parts.entries, ends, strict=True)
        },
        metadata={pair.key: pair.value.text for pair in parts.metadata},
        data_start=start,
        file_size=size,
    )


def _ends(parts: Parts, size: int) -> list[int]:
    """Where each tensor ends; one of an unknown type where the next one begins."""
    start = parts.data_start
    if all(entry.nbytes is not None for entry in parts.entries):
        return [start + one.offset + (one.nbytes or 0) for one in parts.entries]
    order: list[Entry] = sorted(parts.entries, key=lambda entry: entry.offset)
    until = {one.at: start + two.offset for one, two in pairwise(order)}
    until[order[-1].at] = max(size, start + order[-1].offset)
    return [
        until[one.at] if one.nbytes is None else start + one.offset + one.nbytes
        for one in parts.entries
    ]


def _wrong_count(path: Path, parts: Parts, right: Parts) -> Finding:
    if parts.pairs != right.pairs:
        what, announced, found = "metadata entries", parts.pairs, right.pairs
    else:
        what, announced, found = "tensors", parts.tensors, right.tensors
    return damage(
        "gguf-wrong-count",
        path,
        f"the header announces {announced} {what} and holds {found}: with {found} everything fits, "
        "up to the end of the file",
        remedy=WRONG_WRITER,
        detail="byte 8",
        announced=announced,
        found=found,
    )


def _bad_alignment(path: Path, size: int, parts: Parts) -> Finding:
    named = [pair.value for pair in parts.metadata if pair.key == "general.alignment"]
    found = f"{named[0].text} ({named[0].kind})" if named else "32, as it is not given,"
    expected = "expected a power of two as uint32"
    if parts.alignment is not None:
        expected = f"so the data would begin at byte {parts.data_start}, the file ends at {size}"
    rule = "gguf-bad-alignment" if named else "gguf-cut-in-header"
    return damage(
        rule,
        path,
        f"general.alignment is {found} and {expected}",
        remedy=WRONG_WRITER if named else "download again or resume the download",
        detail="general.alignment",
        evidence=byte_numbers(parts.data_start, size),
    )


def _cut_in_header(path: Path, size: int, error: CutError) -> Finding:
    return damage(
        "gguf-cut-in-header",
        path,
        f"the header goes on to byte {error.wanted} or further, the file ends at byte {size}",
        remedy="download again or resume the download; the file is truncated",
        detail=f"byte {error.at}",
        evidence=byte_numbers(error.wanted, size),
    )


def _nonsense(path: Path, error: NonsenseError) -> Finding:
    return damage(
        error.rule,
        path,
        str(error),
        remedy="download again; if it stays so, get the file from another publisher",
        detail=f"byte {error.at}",
    )
