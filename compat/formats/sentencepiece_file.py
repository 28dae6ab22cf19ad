"""Walks a sentencepiece model file by its outermost fields, to see whether it is whole."""

from pathlib import Path

MOST_FIELDS = 2_000_000
"""One field per piece; the largest vocabularies have 262,000."""

PIECES = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
"""Wire types of protocol buffers."""


def sentencepiece_problem(path: Path) -> str:
    """Why the file is no whole ModelProto, as the rest of a sentence; empty where it is.

    Reads the whole file, some megabytes. May raise ``OSError``.
    """
    data = path.read_bytes()
    if not data.startswith(b"\x0a"):
        return f"begins with {data[:4].hex(' ')}, expected a first piece (0a)"
    at = pieces = 0
    for _ in range(MOST_FIELDS):
        if at == len(data):
            return "" if pieces else "holds no pieces"
        tag, after = _number(data, at)
        end = _end(data, tag & 7, after)
        if end is None:
            return f"holds no valid field at byte {at}"
        if end > len(data):
            return (
                f"is cut: a field that begins at byte {at} ends at {end}, the file at {len(data)}"
            )
        pieces += tag >> 3 == PIECES
        at = end
    return f"has more than {MOST_FIELDS} fields"


def _end(data: bytes, wire: int, at: int) -> int | None:
    if wire == _VARINT:
        return _number(data, at)[1]
    if wire == _FIXED64:
        return at + 8
    if wire == _FIXED32:
        return at + 4
    if wire == _BYTES:
        length, after = _number(data, at)
        return after + length
    return None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A varint and the byte behind it; behind the end of the data where it is cut."""
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    return 0, len(data) + 1
