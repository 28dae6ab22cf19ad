"""Turns the JSON text of a safetensors header into its table of entries.

The ordinary header is decoded in C, in two passes. Where anything is out of the ordinary the text
is walked member by member instead (:mod:`compat.formats.safetensors_odd_table`).
"""

import re
from itertools import islice
from pathlib import Path

import msgspec

from compat.formats.json_members import members
from compat.formats.safetensors_entry import Entry, Table
from compat.formats.safetensors_odd_table import MOST_METADATA, read_odd_table
from compat.formats.wording import damage

MOST_VALUES = 1_000_000
"""A safetensors entry holds about eight commas and brackets, and the largest published headers
60,000 entries. A hostile header is refused before it costs the reader time and memory."""

MOST_TENSORS = 100_000
"""The largest published headers have 60,000; bounds the memory of the entries."""


class _Head(msgspec.Struct):
    metadata: msgspec.Raw = msgspec.field(name="__metadata__", default_factory=msgspec.Raw)


_HEAD = msgspec.json.Decoder(_Head)
_ENTRIES = msgspec.json.Decoder(dict[str, Entry])
_TEXTS = msgspec.json.Decoder(dict[str, str])
_KEY = b'"__metadata__"'
_KEY_AND_COLON = re.compile(_KEY + rb"[ \t\r\n]*:[ \t\r\n]*")
_ANY_ENTRY = b'{"dtype":"-","shape":[],"data_offsets":[0,0]}'


def read_table(path: Path, text: bytes) -> Table:
    """Read the header ``text`` of the file at ``path``; what it forbids stands in the findings.

    The text holds no white space around its JSON and at most some 32 MiB.
    """
    if len(text) > MOST_VALUES:  # a shorter text cannot hold more
        values = sum(text.count(mark) for mark in (b",", b"{", b"["))
        if values > MOST_VALUES:
            return _refused(path, f"about {values} values", MOST_VALUES)
        entries = text.count(b'"data_offsets"')
        if entries > MOST_TENSORS:
            return _refused(path, f"{entries} entries", MOST_TENSORS)
    return _plain_table(text) or read_odd_table(path, text, most_tensors=MOST_TENSORS)


def _refused(path: Path, what: str, most: int) -> Table:
    finding = damage(
        "safetensors-header-bomb",
        path,
        f"the header holds {what}, expected at most {most}: no model has so many",
        remedy="do not load it; get the file from its publisher",
        detail="byte 8",
        limit=most,
    )
    return Table(findings=[finding], readable=False)


def _plain_table(text: bytes) -> Table | None:
    """The table of an ordinary header; None where anything about it is out of the ordinary.

    Without a backslash every text has two quotes, so an entry that decodes has ten of them: its
    name, three field names and a dtype. More quotes than that are a name or a field that repeats.
    """
    try:
        raw = bytes(_HEAD.decode(text).metadata)
        metadata, rest = _without_metadata(text, raw)
        if rest is None or b"\\" in rest or b"\x7f" in rest or (b"-" in rest and b"-0" in rest):
            return None
        table = _ENTRIES.decode(rest)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, bad UTF-8 is too
        return None
    if rest.count(b'"') != 10 * len(table):
        return None
    held = 1 if table.pop("__metadata__", None) is not None else 0
    plain = rest.isascii() and rest.count(b"__metadata__") == held
    plain = plain and b"/" not in rest and "" not in table and ".." not in table
    return Table(entries=table.items(), metadata=metadata, plain=plain)


def _without_metadata(text: bytes, raw: bytes) -> tuple[dict[str, str], bytes | None]:
    """The metadata, and the text with an ordinary entry in its place; None where that is unsure."""
    found = _KEY_AND_COLON.search(text) if raw else None
    if found is None:
        return {}, text if not raw and _KEY not in text else None
    start, end = found.end(), found.end() + len(raw)
    if text[start:end] != raw or text.count(_KEY) != 1:
        return {}, None
    keys = sum(1 for _ in islice(members(raw, 0, len(raw)), MOST_METADATA + 1))
    if keys > MOST_METADATA:
        return {}, None
    metadata = _TEXTS.decode(raw)
    if keys != len(metadata):
        return {}, None  # a key stands twice
    return metadata, text[:start] + _ANY_ENTRY + text[end:]
