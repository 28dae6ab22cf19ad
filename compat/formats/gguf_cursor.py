"""Walks the bytes of a gguf header: every read is bounded before it is made."""

import struct
from typing import BinaryIO

from compat.formats.wording import quoted

LONGEST_TEXT = 16 << 20
"""Longest single text in bytes that is accepted; chat templates reach a hundred KiB."""

KEPT_TEXT = 4096
KEPT_ITEMS = 16
MOST_ITEMS = 4_000_000
"""Array items in all; vocabularies of 260,000 entries come with two lists more."""

DEEPEST_ARRAY = 3

_NUMBERS = {"u4": struct.Struct("<I"), "u8": struct.Struct("<Q")}
_SCALARS = {
    code: struct.Struct(f"<{letter}")
    for code, letter in {
        0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
    }.items()
}  # fmt: skip
_TEXT, _ARRAY = 8, 9


class CutError(Exception):
    """The header wants bytes up to ``wanted`` and the file has none there."""

    def __init__(self, at: int, wanted: int) -> None:
        """Remember where reading began and where it would have ended."""
        super().__init__(f"cut at byte {at}")
        self.at, self.wanted = at, wanted


class NonsenseError(Exception):
    """The header says something no gguf file can say; ``rule`` names it, ``at`` is the byte."""

    def __init__(self, rule: str, message: str, at: int) -> None:
        """Keep the rule and the place beside the sentence."""
        super().__init__(message)
        self.rule, self.at = rule, at


class Cursor:
    """A position in a gguf file of known size."""

    def __init__(self, handle: BinaryIO, size: int) -> None:
        """Begin at byte 0."""
        self._handle = handle
        self._size = size
        self._items = 0
        self.position = 0

    def take(self, count: int) -> bytes:
        """Return the next ``count`` bytes or raise :class:`CutError`."""
        self._need(count)
        data = self._handle.read(count)
        if len(data) < count:  # the file shrank while it was read
            raise CutError(self.position, self.position + count)
        self.position += count
        return data

    def number(self, kind: str) -> int:
        """Return the next unsigned number; ``kind`` is "u4" or "u8"."""
        packed = _NUMBERS[kind]
        return int(packed.unpack(self.take(packed.size))[0])

    def text(self) -> str:
        """Return the next text; bytes that are no UTF-8 are replaced."""
        at, length = self.position, self.number("u8")
        self._need(length)
        if length > LONGEST_TEXT:
            raise NonsenseError("gguf-long-text", f"a text is {length} bytes long", at)
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> str:
        """Read one metadata value and return it as text; long texts and arrays are shortened."""
        if kind in _SCALARS:
            packed = _SCALARS[kind]
            return str(packed.unpack(self.take(packed.size))[0])
        if kind == _TEXT:
            return self.text()[:KEPT_TEXT]
        if kind == _ARRAY and depth < DEEPEST_ARRAY:
            return self._array(depth)
        message = f"a metadata value has type {quoted(kind)}, which gguf does not define"
        raise NonsenseError("gguf-bad-value", message, self.position)

    def _array(self, depth: int) -> str:
        kind, count = self.number("u4"), self.number("u8")
        self._items += count
        if self._items > MOST_ITEMS:
            message = f"metadata arrays hold {self._items} items, more than {MOST_ITEMS}"
            raise NonsenseError("gguf-count-too-high", message, self.position)
        kept = [self.value(kind, depth + 1) for _ in range(min(count, KEPT_ITEMS))]
        rest = count - len(kept)
        if kind in _SCALARS:
            self._skip(rest * _SCALARS[kind].size)
        else:
            self._skip_values(kind, rest, depth + 1)
        return ",".join(kept) + (f",... ({count})" if rest else "")

    def _skip_values(self, kind: int, count: int, depth: int) -> None:
        for _ in range(count):
            if kind == _TEXT:
                self._skip(self.number("u8"))
            else:
                self.value(kind, depth)

    def _skip(self, count: int) -> None:
        self._need(count)
        self._handle.seek(count, 1)
        self.position += count

    def _need(self, count: int) -> None:
        if self.position + count > self._size:
            raise CutError(self.position, self.position + count)
