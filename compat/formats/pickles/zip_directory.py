"""Reads the central directory of a zip archive, bounded, and checks it against the file."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS
from compat.formats.pickles.zip_entry import Entry
from compat.formats.pickles.zip_layout import (
    after_end,
    duplicates,
    escaping,
    folder_flag,
    impossible,
    overlaps,
)
from compat.formats.wording import byte_numbers, damage, quoted

MOST_ENTRIES = 50_000
MOST_DIRECTORY = 32 << 20
"""torch.save writes one entry per storage, of some 100 bytes; 10,000 storages are many."""

END = b"PK\x05\x06"
END_BYTES = 22
LONGEST_COMMENT = 0xFFFF
_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
"""Records of PKWARE's APPNOTE 6.3.10: 4.3.16, 4.3.15, 4.3.14, 4.3.12, 4.3.7."""

ENCRYPTED = 0x01


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The members of an archive and everything that is wrong with how they lie."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()
    cut: bool = False
    """The directory is not there: the end of the file is missing."""


class _BadZip(Exception):
    """The directory cannot be read; the sentence says why."""


class _TooManyMembers(Exception):
    """The directory is larger than is read here."""


def read_directory(path: Path, handle: BinaryIO) -> Directory:
    """Read and check the directory of the archive ``path``; no member is inflated.

    May raise ``OSError``.
    """
    size = handle.seek(0, 2)
    end = _find_end(handle, size)
    if end is None:
        return Directory(entries=(), cut=True)
    try:
        raw, count, findings = _raw_directory(path, handle, end, size)
        entries, local = _entries(path, handle, raw, count, size)
    except _BadZip as error:
        return Directory(entries=(), findings=(_unreadable(path, str(error)),))
    except _TooManyMembers as error:
        return Directory(entries=(), findings=(_too_many(path, str(error)),))
    found = [*findings, *local, *duplicates(path, entries), *escaping(path, entries)]
    return Directory(entries=tuple(entries), findings=(*found, *overlaps(path, entries)))


def _find_end(handle: BinaryIO, size: int) -> int | None:
    """Where the end record begins: the last one in the file, as torch's reader takes it."""
    reach = min(size, LONGEST_COMMENT + END_BYTES)
    handle.seek(size - reach)
    tail = handle.read(reach)
    at = tail.rfind(END)
    while at >= 0 and len(tail) - at < END_BYTES:
        at = tail.rfind(END, 0, at)
    return None if at < 0 else size - reach + at


def _raw_directory(
    path: Path, handle: BinaryIO, end: int, size: int
) -> tuple[bytes, int, list[Finding]]:
    handle.seek(end)
    record = _END.unpack(handle.read(END_BYTES))
    count, length, start, comment = record[4], record[5], record[6], record[7]
    if record[1:3] not in ((0, 0), (1, 1)) or record[3] != count:
        raise _BadZip("its end record says that it is one volume of several")
    count, length, start = _wide_end(handle, end) or (count, length, start)
    if start + length > end or count * _ENTRY.size > length:
        raise _BadZip(
            f"it promises {count} members in bytes {start} to {start + length}, the archive's end "
            f"record stands at byte {end}"
        )
    if count > MOST_ENTRIES or length > MOST_DIRECTORY:
        raise _TooManyMembers(f"{count} members in {length} bytes")
    handle.seek(start)
    reached = end + END_BYTES + comment
    return handle.read(length), count, list(after_end(path, reached, size))


def _wide_end(handle: BinaryIO, end: int) -> tuple[int, int, int] | None:
    """Count, length and start of the directory from the zip64 end record; None where there is none.

    torch writes one always, and its reader takes it before the other.
    """
    place = end - _END64_PLACE.size
    handle.seek(max(0, place))
    raw = handle.read(_END64_PLACE.size)
    if place < 0 or not raw.startswith(b"PK\x06\x07"):
        return None
    _, _, at, volumes = _END64_PLACE.unpack(raw)
    if at + _END64.size > place:
        raise _BadZip("its zip64 end record is missing")
    handle.seek(at)
    wide = _END64.unpack(handle.read(_END64.size))
    if wide[0] != b"PK\x06\x06" or wide[1] < _END64.size - 12:
        raise _BadZip(f"there is no zip64 end record at byte {at}")
    if volumes != 1 or wide[6] != wide[7] or wide[4:6] not in ((0, 0), (1, 1)):
        raise _BadZip("its zip64 end record says that it is one volume of several")
    return wide[7], wide[8], wide[9]


def _entries(
    path: Path, handle: BinaryIO, raw: bytes, count: int, size: int
) -> tuple[list[Entry], list[Finding]]:
    entries: list[Entry] = []
    problems: list[Finding] = []
    at = 0
    for number in range(count):
        if at + _ENTRY.size > len(raw):
            raise _BadZip(f"it ends in member {number + 1} of {count}")
        fields = _ENTRY.unpack_from(raw, at)
        if fields[0] != b"PK\x01\x02":
            raise _BadZip(f"member {number + 1} of {count} is no directory entry")
        lengths = fields[10], fields[11], fields[12]
        name = raw[at + _ENTRY.size : at + _ENTRY.size + lengths[0]]
        extra_at = at + _ENTRY.size + lengths[0]
        extra = raw[extra_at : extra_at + lengths[1]]
        at = extra_at + lengths[1] + lengths[2]
        if at > len(raw):
            raise _BadZip(f"member {number + 1} of {count} ends behind it")
        entry = _entry(name.decode("utf-8", "replace"), fields, extra)
        problems.extend(impossible(path, entry, disk=fields[13], flags=fields[3]))
        problems.extend(folder_flag(path, entry, fields[15]))
        placed = _placed(path, handle, entry, size)
        if isinstance(placed, Finding):
            problems.append(placed)
        else:
            entries.append(placed)
        if len(problems) >= MOST_REPEATS:
            break
    return entries, problems


def _entry(name: str, fields: tuple[int, ...], extra: bytes) -> Entry:
    packed, size, header = fields[8], fields[9], fields[16]
    wide = _wide_field(extra)
    if size == 0xFFFFFFFF and len(wide) >= 8:
        size, wide = int.from_bytes(wide[:8], "little"), wide[8:]
    if packed == 0xFFFFFFFF and len(wide) >= 8:
        packed, wide = int.from_bytes(wide[:8], "little"), wide[8:]
    if header == 0xFFFFFFFF and len(wide) >= 8:
        header = int.from_bytes(wide[:8], "little")
    # The end is set once the local header has said where the data begins.
    return Entry(
        name, header, 0, packed, size, fields[7], fields[4], encrypted=bool(fields[3] & ENCRYPTED)
    )


def _wide_field(extra: bytes) -> bytes:
    """The zip64 extra field (id 1), empty where there is none."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""


def _placed(path: Path, handle: BinaryIO, entry: Entry, size: int) -> Entry | Finding:
    """The entry with the place of its data, as its local header has it, or what is wrong there."""
    packed = entry.end
    handle.seek(min(entry.header, size))
    raw = handle.read(_LOCAL.size + len(entry.name.encode("utf-8", "replace")))
    local = _LOCAL.unpack(raw[: _LOCAL.size]) if len(raw) >= _LOCAL.size else None
    if local is None or local[0] != b"PK\x03\x04":
        return damage(
            "zip-entry-misplaced",
            path,
            f"the archive's directory places member {quoted(entry.name)} at byte {entry.header}, "
            f"where no member begins (the file has {size} bytes)",
            remedy="download again; compare size and hash with the publisher's",
            detail=f"byte {entry.header}",
        )
    start = entry.header + _LOCAL.size + local[9] + local[10]
    name = raw[_LOCAL.size : _LOCAL.size + local[9]].decode("utf-8", "replace")
    if name != entry.name:
        return _two_names(path, entry, name)
    if start + packed > size:
        return _beyond(path, entry, start + packed, size)
    return Entry(
        entry.name, entry.header, start, start + packed, entry.size, entry.crc, entry.method,
        encrypted=entry.encrypted,
    )  # fmt: skip


def _two_names(path: Path, entry: Entry, name: str) -> Finding:
    return damage(
        "zip-two-names",
        path,
        f"the archive's directory calls the member at byte {entry.header} {quoted(entry.name)}, "
        f"the member itself {quoted(name)}: readers differ in which of the two they take",
        remedy="do not load this file; no program writes archives like this",
        detail=f"byte {entry.header}",
    )


def _beyond(path: Path, entry: Entry, end: int, size: int) -> Finding:
    return damage(
        "zip-entry-beyond-end",
        path,
        f"member {quoted(entry.name)} ends at byte {end}, the file has {size}",
        remedy="download again; compare size and hash with the publisher's",
        detail=f"byte {entry.header}",
        evidence=byte_numbers(end, size),
    )


def _unreadable(path: Path, why: str) -> Finding:
    return damage(
        "zip-directory-unreadable",
        path,
        f"the archive's directory cannot be read: {why}",
        remedy="download again; compare size and hash with the publisher's",
    )


def _too_many(path: Path, size: str) -> Finding:
    return damage(
        "zip-too-many-members",
        path,
        f"the archive holds {size}, more than is read here ({MOST_ENTRIES} and {MOST_DIRECTORY})",
        remedy="use the safetensors version of this model",
        severity=Severity.MEDIUM,
    )
