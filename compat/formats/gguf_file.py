"""Reads gguf headers with a reader of its own that believes no count and no offset."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.dtypes import GGML_TYPES
from compat.formats.gguf_cursor import Cursor, CutError, NonsenseError
from compat.formats.layout import (
    MOST_REPEATS,
    WRONG_WRITER,
    cut_in_data,
    holes,
    overlaps,
    trailing_bytes,
)
from compat.formats.model import Header, Reading, TensorInfo
from compat.formats.wording import byte_numbers, damage, quoted

SUPPORTED_VERSIONS = (2, 3)
DEFAULT_ALIGNMENT = 32  # GGUF_DEFAULT_ALIGNMENT
LONGEST_NAME = 64  # GGML_MAX_NAME; longer names open in gguf-py and fail in llama.cpp
MOST_DIMENSIONS = 4  # GGML_MAX_DIMS
SMALLEST_TENSOR_ENTRY = 8 + 1 + 4 + 8 + 4 + 8  # name length, name, dims, one dim, type, offset
SMALLEST_PAIR = 8 + 1 + 4 + 1  # key length, key, type, one byte of value
MOST_TENSORS = 200_000
"""Bounds memory on hostile files; the largest published models hold about 60,000 tensors."""


@dataclass(slots=True)
class _Draft:
    path: Path
    size: int
    metadata: dict[str, str] = field(default_factory=dict)
    entries: list[TensorInfo] = field(default_factory=list)  # offsets still relative to the data
    findings: list[Finding] = field(default_factory=list)


def read_gguf(path: Path) -> Reading:
    """Read and check the header of ``path``; raises ``OSError`` only where it cannot be opened."""
    draft = _Draft(path=path, size=path.stat().st_size)
    with path.open("rb") as handle:
        cursor = Cursor(handle, draft.size)
        try:
            _read(draft, cursor)
        except CutError as error:
            draft.findings.append(_cut_in_header(draft, error))
            return Reading(header=None, findings=tuple(draft.findings))
        except NonsenseError as error:
            draft.findings.append(_nonsense(draft, error))
            return Reading(header=None, findings=tuple(draft.findings))
    return _finish(draft, cursor.position)


def _read(draft: _Draft, cursor: Cursor) -> None:
    if cursor.take(4) != b"GGUF":
        raise NonsenseError("gguf-bad-magic", "the file does not begin with GGUF", 0)
    version = cursor.number("u4")
    if version not in SUPPORTED_VERSIONS:
        swapped = int.from_bytes(version.to_bytes(4, "little"), "big") in SUPPORTED_VERSIONS
        why = "it is written for big-endian machines" if swapped else "this is no known version"
        raise NonsenseError("gguf-version", f"the version is {version}, expected 2 or 3: {why}", 4)
    tensors, pairs = cursor.number("u8"), cursor.number("u8")
    _check_count(draft, "tensors", tensors, SMALLEST_TENSOR_ENTRY)
    _check_count(draft, "metadata entries", pairs, SMALLEST_PAIR)
    for _ in range(pairs):
        _read_pair(draft, cursor)
    names: set[str] = set()
    for _ in range(tensors):
        _read_entry(draft, cursor, names)


def _check_count(draft: _Draft, what: str, count: int, smallest: int) -> None:
    most = min(MOST_TENSORS, draft.size // smallest)
    if count > most:
        message = f"the header announces {count} {what}, a file of {draft.size} bytes holds "
        raise NonsenseError("gguf-count-too-high", f"{message}at most {most}", 8)


def _read_pair(draft: _Draft, cursor: Cursor) -> None:
    at = cursor.position
    key = cursor.text()
    if not key:
        raise NonsenseError("gguf-bad-name", "a metadata entry has an empty name", at)
    if key in draft.metadata:
        raise NonsenseError("gguf-duplicate-key", f"metadata names {quoted(key)} twice", at)
    draft.metadata[key] = cursor.value(cursor.number("u4"))


def _read_entry(draft: _Draft, cursor: Cursor, names: set[str]) -> None:
    at = cursor.position
    name = cursor.text()
    if not name:
        raise NonsenseError("gguf-bad-name", "a tensor has an empty name", at)
    if name in names:
        raise NonsenseError("gguf-duplicate-name", f"two tensors are called {quoted(name)}", at)
    names.add(name)
    dimensions = cursor.number("u4")
    if not 0 < dimensions <= 8:
        message = f"tensor {quoted(name)} has {dimensions} dimensions, at most {MOST_DIMENSIONS}"
        raise NonsenseError("gguf-bad-dimensions", message, at)
    sides = [cursor.number("u8") for _ in range(dimensions)]
    kind, offset = cursor.number("u4"), cursor.number("u8")
    if kind not in GGML_TYPES:
        message = f"tensor {quoted(name)} has type {kind}, which ggml does not define"
        raise NonsenseError("gguf-unknown-type", message, at)
    draft.findings.extend(_entry_problems(draft.path, name, sides, kind))
    word, per_block, block_bytes = GGML_TYPES[kind]
    elements = 1
    for side in sides:
        elements *= side
    nbytes = elements // per_block * block_bytes
    # gguf writes the fastest dimension first; everything else here has it last.
    draft.entries.append(TensorInfo(name, word, tuple(reversed(sides)), offset, offset + nbytes))


def _entry_problems(path: Path, name: str, sides: list[int], kind: int) -> Iterator[Finding]:
    word, per_block, _ = GGML_TYPES[kind]
    if sides[0] % per_block:
        yield damage(
            "gguf-block-mismatch",
            path,
            f"rows of tensor {quoted(name)} hold {sides[0]} values, {word} needs a multiple of "
            f"{per_block}",
            remedy=WRONG_WRITER,
            detail=quoted(name),
        )
    if len(sides) > MOST_DIMENSIONS or 0 in sides:
        yield damage(
            "gguf-bad-dimensions",
            path,
            f"tensor {quoted(name)} has shape {sides}, ggml takes 1 to {MOST_DIMENSIONS} "
            "dimensions from 1 up",
            remedy=WRONG_WRITER,
            detail=quoted(name),
            severity=Severity.MEDIUM,
        )
    if len(name.encode("utf-8", "replace")) >= LONGEST_NAME:
        yield damage(
            "gguf-long-name",
            path,
            f"tensor {quoted(name)} has a name of {len(name)} letters, llama.cpp takes "
            f"{LONGEST_NAME - 1}",
            remedy="gguf-py reads it; programs built on ggml may refuse it",
            detail=quoted(name),
            severity=Severity.LOW,
        )


def _finish(draft: _Draft, header_end: int) -> Reading:
    alignment = _alignment(draft)
    if alignment is None:
        return Reading(header=None, findings=tuple(draft.findings))
    data_start = -(-header_end // alignment) * alignment
    tensors = {
        entry.name: TensorInfo(
            entry.name, entry.dtype, entry.shape, data_start + entry.start, data_start + entry.end
        )
        for entry in draft.entries
    }
    header = Header(
        path=draft.path,
        format="gguf",
        tensors=tensors,
        metadata=draft.metadata,
        data_start=data_start,
        file_size=draft.size,
    )
    findings = [*draft.findings, *_layout(header, alignment)]
    return Reading(header=header, findings=_few_of_each(findings))


def _alignment(draft: _Draft) -> int | None:
    text = draft.metadata.get("general.alignment", str(DEFAULT_ALIGNMENT))
    value = int(text) if text.isdigit() and len(text) < 10 else 0
    if value > 0 and value & (value - 1) == 0:
        return value
    draft.findings.append(
        damage(
            "gguf-bad-alignment",
            draft.path,
            f"general.alignment is {quoted(text)}, expected a power of two",
            remedy=WRONG_WRITER,
            detail="general.alignment",
        )
    )
    return None


def _layout(header: Header, alignment: int) -> Iterator[Finding]:
    path, tensors = header.path, header.tensors.values()
    if "general.architecture" not in header.metadata:
        yield damage(
            "gguf-no-architecture",
            path,
            "general.architecture is missing; loaders that go by it refuse the file",
            remedy="use a loader that goes by tensor names, or a file from another publisher",
            detail="general.architecture",
            severity=Severity.LOW,
        )
    if not header.tensors:
        yield damage(
            "gguf-no-tensors",
            path,
            "the header is right and names no tensor, expected at least one",
            remedy="download again; compare size and hash with the publisher's",
        )
    for tensor in islice((t for t in tensors if t.start % alignment), MOST_REPEATS):
        yield damage(
            "gguf-unaligned",
            path,
            f"tensor {quoted(tensor.name)} starts at byte {tensor.start}, expected a multiple of "
            f"{alignment}",
            remedy=WRONG_WRITER,
            detail=f"byte {tensor.start}",
        )
    yield from overlaps(path, "gguf", tensors)
    yield from holes(path, "gguf", tensors, header.data_start, padding=alignment)
    data_end = max((tensor.end for tensor in tensors), default=header.data_start)
    if tensors and header.file_size < data_end:
        yield cut_in_data(path, "gguf", data_end, header.file_size)
    elif header.file_size >= data_end + alignment:  # padding after the last tensor is normal
        yield trailing_bytes(path, "gguf", data_end, header.file_size, Severity.LOW)


def _few_of_each(findings: list[Finding]) -> tuple[Finding, ...]:
    kept: dict[str, list[Finding]] = {}
    for finding in findings:
        kept.setdefault(finding.rule, []).append(finding)
    return tuple(finding for same in kept.values() for finding in same[:MOST_REPEATS])


def _cut_in_header(draft: _Draft, error: CutError) -> Finding:
    return damage(
        "gguf-cut-in-header",
        draft.path,
        f"the header goes on to byte {error.wanted} or further, the file ends at byte {draft.size}",
        remedy="download again or resume the download; the file is truncated",
        detail=f"byte {error.at}",
        evidence=byte_numbers(error.wanted, draft.size),
    )


def _nonsense(draft: _Draft, error: NonsenseError) -> Finding:
    return damage(
        error.rule,
        draft.path,
        str(error),
        remedy="download again; if it stays so, get the file from another publisher",
        detail=f"byte {error.at}",
    )
