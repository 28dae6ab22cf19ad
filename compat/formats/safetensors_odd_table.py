"""Reads a safetensors header that is out of the ordinary, and names each thing that is.

The text is walked member by member and nothing is built of it but the entries themselves. What the
reference reader refuses is HIGH; what it opens and the format forbids is MEDIUM, or HIGH where a
tensor is lost.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from compat.core.model import Finding
from compat.formats.json_members import Member, depth_of, has_vast_number, members
from compat.formats.layout import MOST_REPEATS, WRONG_WRITER
from compat.formats.safetensors_entry import MOST_DIMENSIONS, Entry, Shape, Size, Table
from compat.formats.safetensors_oddities import (
    DEEPEST,
    DOWNLOAD_AGAIN,
    bad_metadata,
    extra_fields,
    not_json,
    null_metadata,
    repeated_field,
    repeated_metadata_key,
    repeated_name,
    too_deep,
    too_many,
)
from compat.formats.wording import damage, quoted

MOST_METADATA = 20_000
"""Texts of metadata that are read; training programs write 200."""

MOST_FIELDS = 1000
"""Fields of one entry that are walked; the format knows three."""


class _Any(msgspec.Struct):
    """Matches every JSON object and keeps nothing of it."""


_SYNTAX = msgspec.json.Decoder(_Any)
_NAME = msgspec.json.Decoder(str)
_ENTRY = msgspec.json.Decoder(Entry)
_METADATA = msgspec.json.Decoder(dict[str, str])
_FIELDS: dict[str, tuple[msgspec.json.Decoder[Any], str]] = {
    "dtype": (msgspec.json.Decoder(str), "has no dtype that is a text"),
    "shape": (
        msgspec.json.Decoder(Shape),
        f"has no shape of at most {MOST_DIMENSIONS} whole numbers from 0 to 2**63-1",
    ),
    "data_offsets": (
        msgspec.json.Decoder(tuple[Size, Size]),
        "has no data_offsets of two whole numbers from 0 to 2**63-1",
    ),
}


class _BadEntryError(Exception):
    """The entry is none; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def read_odd_table(path: Path, text: bytes, *, most_tensors: int) -> Table:
    """Read the header ``text``; the table is not ``readable`` where it is no JSON object at all."""
    problem = _text_problem(path, text)
    if problem is not None:
        return Table(findings=[problem], readable=False)
    return _Walk(path, text).table(most_tensors)


def _text_problem(path: Path, text: bytes) -> Finding | None:
    if not text:
        return not_json(path, "it is empty")
    at = _bad_letter(text)
    if at is not None:
        return damage(
            "safetensors-header-not-utf8",
            path,
            f"the header is no UTF-8 text: byte {8 + at} begins no letter",
            remedy=DOWNLOAD_AGAIN,
            detail=f"byte {8 + at}",
        )
    try:
        _SYNTAX.decode(text)
    except RecursionError:
        return too_deep(path, "the header")
    except msgspec.ValidationError:
        return damage(
            "safetensors-header-not-object",
            path,
            f"the header is no JSON object: it begins with {quoted(text[:8].decode('latin-1'))}",
            remedy=DOWNLOAD_AGAIN,
            detail="byte 8",
        )
    except msgspec.DecodeError as error:
        return not_json(path, str(error)[:200])
    return None


def _bad_letter(text: bytes) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    step = 1 << 20  # a header of one emoji and millions of letters would take four times its length
    try:
        for start in range(0, len(text), step):
            at = start - len(decoder.getstate()[0])
            decoder.decode(text[start : start + step], final=start + step >= len(text))
    except UnicodeDecodeError as error:
        return at + error.start
    return None


def _first_repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


class _Walk:
    """One pass over the members of a header."""

    def __init__(self, path: Path, text: bytes) -> None:
        self._path, self._text = path, text
        self._entries: list[tuple[str, Entry]] = []
        self._table = Table(entries=self._entries)
        self._seen: set[str] = set()
        self._repeated: list[str] = []
        self._extra: list[str] = []

    def table(self, most_tensors: int) -> Table:
        table, bad = self._table, 0
        for count, member in enumerate(members(self._text, 0, len(self._text))):
            if count > most_tensors:
                table.readable = False
                table.findings.append(too_many(self._path, "entries", most_tensors))
                break
            try:
                self._member(member)
            except _BadEntryError as error:
                table.findings.append(error.finding)
                table.complete = False
                bad += 1
            if bad >= MOST_REPEATS:
                table.readable = False
                break
        table.findings.extend(self._summary())
        return table

    def _member(self, member: Member) -> None:
        name = _NAME.decode(member.key)
        if name in self._seen:
            self._repeated.append(name)
        self._seen.add(name)
        if name == "__metadata__":
            self._metadata(member)
        else:
            self._entries.append((name, self._entry(name, member)))

    def _metadata(self, member: Member) -> None:
        raw = self._text[member.start : member.end]
        self._table.metadata = {}
        if raw == b"null":
            self._table.findings.append(null_metadata(self._path))
            return
        keys = sum(1 for _ in islice(members(raw, 0, len(raw)), MOST_METADATA + 1))
        if keys > MOST_METADATA:
            raise _BadEntryError(too_many(self._path, "texts of metadata", MOST_METADATA))
        try:
            self._table.metadata = _METADATA.decode(raw)
        except (ValueError, RecursionError):
            self._table.findings.append(bad_metadata(self._path))
            return
        twice = _first_repeated(_NAME.decode(one.key) for one in members(raw, 0, len(raw)))
        if twice is not None:
            self._table.findings.append(repeated_metadata_key(self._path, twice))

    def _entry(self, name: str, member: Member) -> Entry:
        raw = self._text[member.start : member.end]
        if not raw.startswith(b"{"):
            raise self._bad(name, "is described by something that is no object")
        try:
            entry = _ENTRY.decode(raw)
        except (ValueError, RecursionError):
            return self._loose_entry(name, raw)
        # Three names and one text have eight quotes; more of them are a field that repeats.
        if b"-0" in raw or b"\\" in raw or raw.count(b'"') != 8:
            return self._loose_entry(name, raw)
        return entry

    def _loose_entry(self, name: str, raw: bytes) -> Entry:
        found: dict[str, object] = {}
        for count, member in enumerate(members(raw, 0, len(raw))):
            if count > MOST_FIELDS:
                raise self._bad(name, f"has more than {MOST_FIELDS} fields, expected 3")
            key = _NAME.decode(member.key)
            if key not in _FIELDS:
                self._extra_field(name, key, raw, member)
            elif key in found:
                raise _BadEntryError(repeated_field(self._path, name, key))
            else:
                found[key] = self._field(name, key, raw[member.start : member.end])
        for key, (_, problem) in _FIELDS.items():
            if key not in found:
                raise self._bad(name, problem)
        return msgspec.convert(found, Entry)

    def _field(self, name: str, key: str, raw: bytes) -> object:
        decoder, problem = _FIELDS[key]
        try:
            value = decoder.decode(raw)
        except (ValueError, RecursionError) as error:
            raise self._bad(name, problem) from error
        if key != "dtype" and b"-" in raw:
            raise self._bad(name, f"{problem}: minus zero is no whole number")
        return value

    def _extra_field(self, name: str, key: str, raw: bytes, member: Member) -> None:
        if depth_of(raw, member.start, member.end) + 2 > DEEPEST:
            raise _BadEntryError(too_deep(self._path, f"tensor {quoted(name)}"))
        if has_vast_number(raw, member.start, member.end):
            raise self._bad(name, f"has a field {quoted(key)} with a number beyond all doubles")
        if len(self._extra) <= MOST_REPEATS:
            self._extra.append(f"{quoted(key)} of tensor {quoted(name)}")

    def _bad(self, name: str, message: str) -> _BadEntryError:
        return _BadEntryError(
            damage(
                "safetensors-bad-entry",
                self._path,
                f"tensor {quoted(name)} {message}",
                remedy=WRONG_WRITER,
                detail=quoted(name),
            )
        )

    def _summary(self) -> Iterator[Finding]:
        for name in islice(dict.fromkeys(self._repeated), MOST_REPEATS):
            yield repeated_name(self._path, name)
        if self._extra:
            yield extra_fields(self._path, self._extra)
