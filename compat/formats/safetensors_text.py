"""Takes the JSON text out of the front of a safetensors file, or says why there is none."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from compat.core.model import Finding, Severity
from compat.formats.file_end import page_finding
from compat.formats.json_members import object_end
from compat.formats.safetensors_table import MOST_VALUES
from compat.formats.wording import byte_numbers, damage

HEADER_CAP = 100_000_000
"""Largest header in bytes that the reference reader accepts (MAX_HEADER_SIZE)."""

READ_CAP = 32 << 20
"""Largest header text that is decoded, padding not counted; 100,000 entries take half of it."""

READ_CAP_OF_LETTERS = 8 << 20
"""The same for a text beyond ASCII, which Python keeps in four bytes a letter."""

_SEARCHED = 16 << 20
_MOST_MARKS = 500_000
_STEP = 1 << 20
_SPACE = b" \t\r\n"
_LAST_BYTE = re.compile(rb'"data_offsets"\s*:\s*\[\s*\d{1,19}\s*,\s*(\d{1,19})')

DOWNLOAD_AGAIN = "download again; compare size and hash with the publisher's"
RESUME = "download again or resume the download; the file is truncated"
WRONG_LENGTH = "get the file from its publisher; a program or a disk changed its first 8 bytes"


@dataclass(slots=True)
class HeaderText:
    """The JSON of a header without the space around it; ``text`` is None where there is none.

    ``header_end`` is the byte where the data begins.
    """

    header_end: int = 0
    text: bytes | None = None
    findings: list[Finding] = field(default_factory=list)


def take_text(path: Path, handle: BinaryIO, size: int) -> HeaderText:
    """Read the header text of the open file; at most :data:`READ_CAP` bytes are kept."""
    prefix = handle.read(8)
    if len(prefix) < 8:
        return HeaderText(findings=[_too_small(path, size)])
    length = int.from_bytes(prefix, "little")
    problem = _length_problem(path, handle, size, length)
    if problem is not None:
        return HeaderText(findings=[problem])
    taken = HeaderText(header_end=8 + length)
    if length > READ_CAP:
        length = _without_padding(handle, taken.header_end)
        if length > READ_CAP:
            taken.findings.append(_vast(path, handle, length))
            return taken
    handle.seek(8)
    text = handle.read(length)
    if length > READ_CAP_OF_LETTERS and not text.isascii():
        taken.findings.append(_vast(path, handle, length))
        return taken
    _strip(path, text, taken)
    return taken


def wrong_length(path: Path, handle: BinaryIO, size: int, length: int) -> Finding | None:
    """The finding that the first 8 bytes lie about the header; None where nothing shows it.

    A header is a JSON object: where that object closes before or behind the announced end, the
    number is wrong and not the text.
    """
    handle.seek(8)
    text = handle.read(min(size, 8 + _SEARCHED) - 8)
    end = object_end(text, _MOST_MARKS)
    if end is None or not _is_table(text[:end]):
        return None
    if end < length and 8 + length <= size and not _fits(text, end, size):
        return None
    return damage(
        "safetensors-header-length-wrong",
        path,
        f"the first 8 bytes announce a header of {length} bytes, its JSON closes after {end}: the "
        "number is wrong, the file is not truncated there",
        remedy=WRONG_LENGTH,
        detail="byte 0",
        evidence=byte_numbers(end, length),
    )


def _fits(text: bytes, end: int, size: int) -> bool:
    """Whether a header that closes at ``end`` and the data it announces make up the whole file."""
    last = max((int(found) for found in _LAST_BYTE.findall(text[:end])), default=0)
    padding = len(text) - end - len(text[end:].lstrip(b" "))
    return 8 + end + last <= size <= 8 + end + padding + last


def _is_table(text: bytes) -> bool:
    if b'"data_offsets"' not in text and b'"__metadata__"' not in text:
        return False
    try:
        msgspec.json.decode(text, type=_Object)
    except (ValueError, RecursionError):
        return False
    return True


class _Object(msgspec.Struct):
    """Matches every JSON object and keeps nothing of it."""


def _length_problem(path: Path, handle: BinaryIO, size: int, length: int) -> Finding | None:
    if length == 0:
        return damage(
            "safetensors-header-empty",
            path,
            "the first 8 bytes announce a header of 0 bytes, the smallest has 2",
            remedy=DOWNLOAD_AGAIN,
            detail="byte 0",
            evidence=byte_numbers(2, 0),
        )
    if length <= HEADER_CAP and 8 + length <= size:
        return None
    lie = wrong_length(path, handle, size, length)
    if lie is not None:
        return lie
    if length > HEADER_CAP:
        return _too_large(path, length)
    return page_finding(path, "safetensors", 8 + length, size) or _cut(path, 8 + length, size)


def _too_small(path: Path, size: int) -> Finding:
    return damage(
        "safetensors-too-small",
        path,
        f"the file has {size} bytes, a safetensors file has at least 8",
        remedy=DOWNLOAD_AGAIN,
        evidence=byte_numbers(8, size),
    )


def _too_large(path: Path, length: int) -> Finding:
    return damage(
        "safetensors-header-too-large",
        path,
        f"the first 8 bytes announce a header of {length} bytes, at most {HEADER_CAP} are "
        "allowed: this is no safetensors file",
        remedy=DOWNLOAD_AGAIN,
        detail="byte 0",
        evidence=byte_numbers(HEADER_CAP, length),
    )


def _cut(path: Path, header_end: int, size: int) -> Finding:
    return damage(
        "safetensors-cut-in-header",
        path,
        f"the header ends at byte {header_end}, the file at byte {size}: it is cut inside the "
        f"header, {header_end - size} bytes of it and all data are missing",
        remedy=RESUME,
        detail=f"byte {size}",
        evidence=byte_numbers(header_end, size),
    )


def _without_padding(handle: BinaryIO, header_end: int) -> int:
    """How many bytes the header text has before the spaces that pad it."""
    end = header_end
    while end > 8:
        start = max(8, end - _STEP)
        handle.seek(start)
        block = handle.read(end - start).rstrip(b" ")
        if block:
            return start + len(block) - 8
        end = start
    return 0


def _strip(path: Path, raw: bytes, taken: HeaderText) -> None:
    text = raw.rstrip(b" ")
    bare = text.rstrip(_SPACE)
    if len(bare) < len(text):
        taken.findings.append(_odd_padding(path))
    taken.text = bare.lstrip(_SPACE)
    if bare and len(taken.text) < len(bare):
        taken.findings.append(_leading_space(path, bare))


def _odd_padding(path: Path) -> Finding:
    return damage(
        "safetensors-odd-padding",
        path,
        "the header is padded with line ends or tabs, the format names spaces; readers step over "
        "them",
        remedy="nothing",
        detail="byte 8",
        severity=Severity.INFO,
    )


def _leading_space(path: Path, bare: bytes) -> Finding:
    return damage(
        "safetensors-leading-space",
        path,
        f"the header begins with {bare[:1].decode('ascii')!a}, the format says it must begin "
        "with {; the reference reader opens it, others may not",
        remedy="save the file again with the safetensors library",
        detail="byte 8",
        severity=Severity.MEDIUM,
    )


def _vast(path: Path, handle: BinaryIO, used: int) -> Finding:
    """A header that no model has: a bomb where it is made of many values, else left unread."""
    values = _count_values(handle, used)
    if values > MOST_VALUES:
        return damage(
            "safetensors-header-bomb",
            path,
            f"the header holds about {values} values, expected at most {MOST_VALUES}: no model has "
            "so many",
            remedy="do not load it; get the file from its publisher",
            detail="byte 8",
            limit=MOST_VALUES,
        )
    return damage(
        "safetensors-header-vast",
        path,
        f"the header has {used} bytes of text, more than the {READ_CAP} (beyond ASCII "
        f"{READ_CAP_OF_LETTERS}) that are read here: nothing is known of this file",
        remedy="do not load it before its publisher explains the header",
        detail="byte 8",
        severity=Severity.MEDIUM,
        evidence=byte_numbers(READ_CAP, used),
    )


def _count_values(handle: BinaryIO, used: int) -> int:
    handle.seek(8)
    values = left = 0
    left = used
    while left > 0:
        block = handle.read(min(_STEP, left))
        if not block:
            break
        left -= len(block)
        values += sum(block.count(mark) for mark in (b",", b"{", b"["))
    return values
