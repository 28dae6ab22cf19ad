"""Walks the bytes of a gguf header: every read is bounded before it is made."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from compat.formats.wording import quoted

LONGEST_TEXT = 16 << 20
"""Longest single text in bytes that is accepted; chat templates reach a hundred KiB."""

LONGEST_NAME = 65_535
"""Longest key in bytes; the gguf specification says so. Tensor names are shorter still."""

LONGEST_HEADER = 256 << 20
"""Where a header has to end; the largest published ones, with their vocabulary, have 30 MB."""

KEPT_TEXT = 4096
KEPT_ITEMS = 16
KEPT_IN_ALL = 8 << 20
MOST_ITEMS = 4_000_000
"""Array items in all; vocabularies of 260,000 entries come with three lists more."""

DEEPEST_ARRAY = 3
MOST_ARRAYS = 20_000
"""Arrays inside arrays, in all; no published file has one, and they are slow to step over."""

_WINDOW = 1 << 16
_U4, _U8 = struct.Struct("<I"), struct.Struct("<Q")
_SCALARS = {
    code: struct.Struct(f"<{letter}")
    for code, letter in {
        0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d",
    }.items()
}  # fmt: skip
_BOOL, _TEXT, _ARRAY = 7, 8, 9
TYPE_NAMES = (
    "uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "bool", "string", "array",
    "uint64", "int64", "float64",
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Value:
    """One metadata value as text, shortened; ``kind`` is its gguf type name.

    ``oddity`` is the rule of what readers stumble over in it, "" where there is nothing.
    """

    kind: str
    text: str
    oddity: str = ""


class Cursor:
    """A position in a gguf file of known size, with a window of its bytes around it."""

    def __init__(self, handle: BinaryIO, size: int, position: int = 0) -> None:
        """Begin at ``position``."""
        self._handle = handle
        self._size = size
        self._items = 0
        self._arrays = 0
        self._kept = 0
        self._window = b""
        self._base = 0
        self.position = position

    def number(self, size: int) -> int:
        """Return the next unsigned number of ``size`` bytes, 4 or 8."""
        packed = _U4 if size == 4 else _U8
        at = self._reach(size)
        self.position += size
        return int(packed.unpack_from(self._window, at)[0])

    def numbers(self, count: int) -> tuple[int, ...]:
        """Return the next ``count`` unsigned numbers of 8 bytes; ``count`` is small."""
        at = self._reach(8 * count)
        self.position += 8 * count
        return struct.unpack_from(f"<{count}Q", self._window, at)

    def take(self, count: int) -> bytes:
        """Return the next ``count`` bytes or raise :class:`CutError`."""
        at = self._reach(count)
        self.position += count
        return self._window[at : at + count]

    def name(self, longest: int = LONGEST_NAME) -> bytes:
        """Return the next short text as bytes; longer ones are nonsense."""
        at, length = self.position, self.number(8)
        self._need(length)
        if length > longest:
            message = f"a name is {length} bytes long, at most {longest} are allowed"
            raise NonsenseError("gguf-long-name", message, at)
        return self.take(length)

    def value(self, kind: int, depth: int = 0) -> Value:
        """Read one metadata value; long texts and arrays are shortened."""
        if kind in _SCALARS:
            return self._scalar(kind)
        if kind == _TEXT:
            return self._text()
        if kind == _ARRAY and depth < DEEPEST_ARRAY:
            return self._array(depth)
        what = "nests too deeply" if kind == _ARRAY else "is none that gguf defines (0 to 12)"
        message = f"a metadata value has type {quoted(kind)}, which {what}"
        raise NonsenseError("gguf-bad-value", message, self.position)

    def _scalar(self, kind: int) -> Value:
        packed = _SCALARS[kind]
        found = packed.unpack(self.take(packed.size))[0]
        if kind != _BOOL:
            return Value(TYPE_NAMES[kind], str(found))
        return Value("bool", str(bool(found)), "gguf-bad-bool" if found > 1 else "")

    def _text(self) -> Value:
        at, length = self.position, self.number(8)
        self._need(length)
        if length > LONGEST_TEXT:
            message = f"a text is {length} bytes long, at most {LONGEST_TEXT} are read here"
            raise NonsenseError("gguf-long-text", message, at)
        raw = self.take(length)
        try:
            text, oddity = raw.decode("utf-8"), ""
        except UnicodeDecodeError:
            text, oddity = raw[:KEPT_TEXT].decode("utf-8", "replace"), "gguf-bad-utf8"
        return Value("string", self._keep(text[:KEPT_TEXT]), oddity)

    def _keep(self, text: str) -> str:
        self._kept += len(text)
        return text if self._kept <= KEPT_IN_ALL else ""

    def _array(self, depth: int) -> Value:
        at, kind, count = self.position, self.number(4), self.number(8)
        self._count_items(kind, count, at)
        kept = [self.value(kind, depth + 1) for _ in range(min(count, KEPT_ITEMS))]
        odd = {value.oddity for value in kept} - {""}
        rest = count - len(kept)
        if kind == _TEXT:
            self._skip_texts(rest)
        elif kind == _BOOL:
            odd |= {"gguf-bad-bool"} if self._has_bad_bool(rest) else set()
        elif kind in _SCALARS:
            self.skip(rest * _SCALARS[kind].size)
        else:
            odd |= {self.value(kind, depth + 1).oddity for _ in range(rest)} - {""}
        if kind == _ARRAY:
            odd.add("gguf-nested-array")
        text = ",".join(value.text for value in kept) + (f",... ({count})" if rest else "")
        return Value("array", self._keep(text), min(odd, default=""))

    def _count_items(self, kind: int, count: int, at: int) -> None:
        self._items += count
        self._arrays += count if kind == _ARRAY else 0
        if self._items > MOST_ITEMS or self._arrays > MOST_ARRAYS:
            message = (
                f"metadata arrays announce {self._items} items, {self._arrays} of them arrays; at "
                f"most {MOST_ITEMS} and {MOST_ARRAYS} are read here"
            )
            raise NonsenseError("gguf-count-too-high", message, at)

    def _skip_texts(self, count: int) -> None:
        """Step over texts by their lengths; the hot loop of a vocabulary, so it calls nothing."""
        unpack = _U8.unpack_from
        while count:
            at = self._reach(8)
            window = self._window
            last = len(window) - 8
            while count and at <= last:
                at += 8 + unpack(window, at)[0]
                count -= 1
            start, self.position = self.position, self._base + at
            if self.position > self._size:
                raise CutError(start, self.position)

    def _has_bad_bool(self, count: int) -> bool:
        found = False
        while count:
            block = self.take(min(count, _WINDOW))
            found = found or max(block) > 1
            count -= len(block)
        return found

    def skip(self, count: int) -> None:
        """Step over ``count`` bytes without reading them."""
        self._need(count)
        self.position += count

    def _need(self, count: int) -> None:
        if self.position + count > self._size:
            raise CutError(self.position, self.position + count)
        if self.position + count > LONGEST_HEADER:
            message = f"the header goes on behind byte {LONGEST_HEADER}: no model's is so long"
            raise NonsenseError("gguf-header-bomb", message, self.position)

    def _reach(self, count: int) -> int:
        """Where the position is in the window, with ``count`` bytes behind it."""
        at = self.position - self._base
        if at >= 0 and at + count <= len(self._window):
            return at
        self._need(count)
        self._handle.seek(self.position)
        self._window = self._handle.read(max(count, _WINDOW))
        self._base = self.position
        if len(self._window) < count:  # the file shrank while it was read
            raise CutError(self.position, self.position + count)
        return 0
