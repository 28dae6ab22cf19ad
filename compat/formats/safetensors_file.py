"""Reads safetensors headers with every rule of the reference reader, and one name per failure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compat.core.model import Finding
from compat.formats.bounded_json import DuplicateKeyError, UnreadableJsonError, parse_json
from compat.formats.dtypes import SAFETENSORS_BITS
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

HEADER_CAP = 100_000_000
"""Largest header in bytes that the reference reader accepts (MAX_HEADER_SIZE)."""

MOST_DIMENSIONS = 100
"""torch and numpy stop at 64; a thousand-sided shape only makes the product of its sides costly."""

DOWNLOAD_AGAIN = "download again; compare size and hash with the publisher's"


@dataclass(slots=True)
class _Draft:
    path: Path
    size: int
    header_end: int = 0
    tensors: dict[str, TensorInfo] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_safetensors(path: Path) -> Reading:
    """Read and check the header of ``path``; raises ``OSError`` only where it cannot be opened.

    At most :data:`HEADER_CAP` bytes are read, no tensor data. The header in the answer is None
    where the table of tensors could not be understood at all.
    """
    draft = _Draft(path=path, size=path.stat().st_size)
    table = _read_table(draft)
    if table is None:
        return Reading(header=None, findings=tuple(draft.findings))
    if not _fill(draft, table):
        return Reading(header=None, findings=tuple(draft.findings))
    draft.findings.extend(_layout(draft))
    header = Header(
        path=path,
        format="safetensors",
        tensors=draft.tensors,
        metadata=draft.metadata,
        data_start=draft.header_end,
        file_size=draft.size,
    )
    return Reading(header=header, findings=tuple(draft.findings))


def _read_table(draft: _Draft) -> dict[str, Any] | None:
    with draft.path.open("rb") as handle:
        prefix = handle.read(8)
        problem = _length_problem(draft, prefix)
        if problem is not None:
            draft.findings.append(problem)
            return None
        data = handle.read(draft.header_end - 8)
    try:
        table = parse_json(data)
    except DuplicateKeyError as error:
        draft.findings.append(_duplicate(draft.path, error.key))
        return None
    except UnreadableJsonError as error:
        draft.findings.append(_not_json(draft.path, f"the header is not JSON: {error}"))
        return None
    if not isinstance(table, dict):
        draft.findings.append(_not_json(draft.path, "the header is no JSON object"))
        return None
    return table


def _length_problem(draft: _Draft, prefix: bytes) -> Finding | None:
    if len(prefix) < 8:
        return damage(
            "safetensors-too-small",
            draft.path,
            f"the file has {draft.size} bytes, a safetensors file has at least 8",
            remedy=DOWNLOAD_AGAIN,
            evidence=byte_numbers(8, draft.size),
        )
    length = int.from_bytes(prefix, "little")
    draft.header_end = 8 + length
    if length > HEADER_CAP:
        return damage(
            "safetensors-header-too-large",
            draft.path,
            f"the first 8 bytes announce a header of {length} bytes, at most {HEADER_CAP} are "
            "allowed: this is no safetensors file",
            remedy=DOWNLOAD_AGAIN,
            evidence=byte_numbers(HEADER_CAP, length),
        )
    if draft.header_end > draft.size:
        return damage(
            "safetensors-cut-in-header",
            draft.path,
            f"the header ends at byte {draft.header_end}, the file at byte {draft.size}: it is cut "
            "inside the header",
            remedy="download again or resume the download; the file is truncated",
            detail=f"byte {draft.size}",
            evidence=byte_numbers(draft.header_end, draft.size),
        )
    return None


def _fill(draft: _Draft, table: Mapping[str, Any]) -> bool:
    """Read the entries of the table; False where so many are wrong that reading stopped."""
    draft.metadata = _metadata(draft, table.get("__metadata__"))
    problems: list[Finding] = []
    for name, entry in table.items():
        if name == "__metadata__":
            continue
        tensor = _tensor(draft, name, entry)
        if isinstance(tensor, Finding):
            problems.append(tensor)
        else:
            draft.tensors[name] = tensor
            problems.extend(_size_problem(draft.path, tensor))
        if len(problems) >= MOST_REPEATS:
            draft.findings.extend(problems)
            return False
    draft.findings.extend(problems)
    if not draft.tensors and not problems:
        draft.findings.append(
            damage(
                "safetensors-no-tensors",
                draft.path,
                "the header is right and names no tensor, expected at least one",
                remedy=DOWNLOAD_AGAIN,
            )
        )
    return True


def _metadata(draft: _Draft, found: object) -> dict[str, str]:
    if found is None:  # the reference reader takes null for "none"
        return {}
    if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
        return found
    draft.findings.append(
        damage(
            "safetensors-bad-metadata",
            draft.path,
            "__metadata__ is not an object of texts; readers refuse the file",
            remedy=WRONG_WRITER,
            detail="__metadata__",
        )
    )
    return {}


def _tensor(draft: _Draft, name: str, entry: object) -> TensorInfo | Finding:
    def bad(message: str) -> Finding:
        return damage(
            "safetensors-bad-entry",
            draft.path,
            f"tensor {quoted(name)} {message}",
            remedy=WRONG_WRITER,
            detail=quoted(name),
        )

    if not isinstance(entry, dict):
        return bad("is described by something that is no object")
    dtype = entry.get("dtype")
    shape, offsets = _sizes(entry.get("shape")), _sizes(entry.get("data_offsets"))
    if not isinstance(dtype, str):
        return bad("has no dtype")
    if shape is None:
        return bad("has no shape of whole numbers from 0 up")
    if offsets is None or len(offsets) != 2:
        return bad("has no data_offsets of two whole numbers")
    if offsets[1] < offsets[0]:
        return bad(f"ends at data byte {offsets[1]}, before it starts at {offsets[0]}")
    start, end = (draft.header_end + offset for offset in offsets)
    return TensorInfo(name, dtype, shape, start, end)


def _sizes(value: object) -> tuple[int, ...] | None:
    # bool is an int to Python and none to the format; no file has 2**63 bytes or 100 dimensions.
    if not isinstance(value, list) or len(value) > MOST_DIMENSIONS:
        return None
    if not all(type(side) is int and 0 <= side < 1 << 63 for side in value):
        return None
    return tuple(value)


def _size_problem(path: Path, tensor: TensorInfo) -> Iterator[Finding]:
    bits = SAFETENSORS_BITS.get(tensor.dtype)
    if bits is None:
        yield damage(
            "safetensors-unknown-dtype",
            path,
            f"tensor {quoted(tensor.name)} has dtype {quoted(tensor.dtype)}, which safetensors "
            "does not define",
            remedy="update the program that reads it, or convert the file to a known dtype",
            detail=quoted(tensor.name),
        )
        return
    whole, rest = divmod(tensor.elements * bits, 8)
    found = tensor.end - tensor.start
    if rest or whole != found:
        yield damage(
            "safetensors-size-mismatch",
            path,
            f"tensor {quoted(tensor.name)} of {tensor.dtype} {list(tensor.shape)[:8]} needs "
            f"{whole} bytes, its offsets span {found}",
            remedy=WRONG_WRITER,
            detail=quoted(tensor.name),
            evidence=byte_numbers(whole, found),
        )


def _layout(draft: _Draft) -> Iterator[Finding]:
    tensors = draft.tensors.values()
    yield from overlaps(draft.path, "safetensors", tensors)
    yield from holes(draft.path, "safetensors", tensors, draft.header_end)
    data_end = max((tensor.end for tensor in tensors), default=draft.header_end)
    if draft.size < data_end:
        yield cut_in_data(draft.path, "safetensors", data_end, draft.size)
    elif draft.size > data_end and not any(f.rule.endswith("bad-entry") for f in draft.findings):
        yield trailing_bytes(draft.path, "safetensors", data_end, draft.size)


def _duplicate(path: Path, key: str) -> Finding:
    return damage(
        "safetensors-duplicate-name",
        path,
        f"the header names {quoted(key)} twice; readers silently take one of the two",
        remedy=WRONG_WRITER,
        detail=quoted(key),
    )


def _not_json(path: Path, message: str) -> Finding:
    return damage(
        "safetensors-header-not-json",
        path,
        message,
        remedy=DOWNLOAD_AGAIN,
        detail="byte 8",
    )
