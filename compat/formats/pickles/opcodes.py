"""Yields the opcodes of a pickle from a file, bounded in number, in memory and in bytes read."""

import pickletools
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

MOST_OPCODES = 500_000
"""A tensor takes about 32 opcodes, the largest checkpoints known hold fewer than 10,000 tensors,
with an optimizer's state. So many opcodes take about a second."""

KEPT_LITERAL = 64 << 10
"""Longer texts and byte strings are stepped over; names and shapes are short."""

MOST_KEPT = 16 << 20
"""Bytes of texts kept in all; Python may need four times as much for them."""


SMALL = 8
"""Opcodes and numbers; they are not counted, their sum is bounded by the number of opcodes."""


class PickleLimitError(Exception):
    """The pickle asks for more than is read here; the sentence says of what."""


class BrokenPickleError(Exception):
    """The bytes are no pickle from ``position`` on; the sentence says why.

    ``cut`` tells that they end there, inside an opcode or before STOP.
    """

    def __init__(self, message: str, position: int, *, cut: bool) -> None:
        """Keep the byte at which reading failed."""
        super().__init__(message)
        self.position = position
        self.cut = cut


class Skipped(bytes):
    """A long literal that was stepped over: ``start`` and ``length`` say where it lies.

    It has the length that was asked for and no content, which is all that ``pickletools`` looks at;
    ``head`` are its first bytes.
    """

    start: int
    length: int
    head: bytes

    def __len__(self) -> int:
        """The length in the file."""
        return self.length


class Window:
    """The bytes of an open file from ``start`` to ``end`` as ``pickletools`` wants to read them.

    Positions are those of the file. Several pickles may be read through one window: its limits hold
    for all of them together.
    """

    def __init__(self, handle: BinaryIO, start: int, end: int) -> None:
        """Stand at ``start``; nothing behind ``end`` will be read."""
        self.handle = handle
        self.position = start
        self.end = end
        self.opcodes = 0
        self.wanted_more = False
        self._kept = 0
        handle.seek(start)

    def tell(self) -> int:
        """The position in the file."""
        return self.position

    def seek(self, position: int) -> None:
        """Go to ``position`` in the file."""
        self.handle.seek(position)
        self.position = position

    def read(self, count: int) -> bytes:
        """Return ``count`` bytes, fewer at the end, or :class:`Skipped` where they are many."""
        if count <= SMALL and self.position + count <= self.end:
            self.position += count
            return self.handle.read(count)
        if self.position + count > self.end:
            self.wanted_more = True
            count = self.end - self.position
        if count > KEPT_LITERAL:
            return self._skip(count)
        return self._keep(self.handle.read(max(0, count)))

    def readline(self) -> bytes:
        """Return one line; :class:`PickleLimitError` for one that is very long."""
        most = min(KEPT_LITERAL, self.end - self.position)
        line = self.handle.readline(max(0, most))
        if len(line) == KEPT_LITERAL and not line.endswith(b"\n"):
            raise PickleLimitError(f"a text is longer than {KEPT_LITERAL} bytes")
        if not line.endswith(b"\n"):
            self.wanted_more = True
        return self._keep(line)

    def _keep(self, data: bytes) -> bytes:
        self.position += len(data)
        self._kept += len(data)
        if self._kept > MOST_KEPT:
            raise PickleLimitError(f"its texts take more than {MOST_KEPT} bytes")
        return data

    def _skip(self, count: int) -> Skipped:
        hole = Skipped()
        hole.start, hole.length, hole.head = self.position, count, self.handle.read(4)
        self.seek(self.position + count)
        return hole


Opcode = tuple[str, object, int]
"""Name, argument (None without one) and position in the file."""


def opcodes(window: Window) -> Iterator[Opcode]:
    """Yield the opcodes of one pickle up to its STOP; the window stands behind it afterwards.

    Raises :class:`BrokenPickleError` and :class:`PickleLimitError`.
    """
    at = window.position
    try:
        for code, argument, position in pickletools.genops(cast("IO[bytes]", window)):
            at = window.position if position is None else position
            _count(window)
            yield code.name, argument, at
    except (ValueError, OverflowError, IndexError, MemoryError) as error:
        # What pickletools says of bad bytes; the arguments of its opcodes are decoded by codecs
        # and struct, whose errors are ValueErrors too.
        reason = ascii(str(error)[:120])[1:-1]
        raise BrokenPickleError(reason, at, cut=window.wanted_more) from error


def _count(window: Window) -> None:
    window.opcodes += 1
    if window.opcodes > MOST_OPCODES:
        raise PickleLimitError(f"it has more than {MOST_OPCODES} opcodes")
