"""One member of a zip archive, and how its bytes are read."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
STORED, DEFLATED = 0, 8
"""Methods of compression (APPNOTE 4.4.5) that torch reads."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One member: ``start`` and ``end`` are where its bytes lie in the file, as stored there.

    ``size`` is its length once inflated, ``crc`` the checksum of that.
    """

    name: str
    header: int
    start: int
    end: int
    size: int
    crc: int
    method: int
    encrypted: bool

    @property
    def stored(self) -> bool:
        """Whether its bytes lie in the file as they are."""
        return self.method == STORED and not self.encrypted


def crc_of(handle: BinaryIO, entry: Entry, on_bytes: Callable[[int], None]) -> int:
    """The CRC-32 of a stored member's bytes; ``on_bytes`` hears how many were read."""
    crc = 0
    handle.seek(entry.start)
    left = entry.end - entry.start
    while left > 0 and (block := handle.read(min(CHUNK, left))):
        crc = zlib.crc32(block, crc)
        left -= len(block)
        on_bytes(len(block))
    return crc


def inflated(handle: BinaryIO, entry: Entry, most: int) -> bytes | None:
    """The bytes of a small member, inflated where deflated; None where that is not possible.

    Never more than ``most`` bytes come out, whatever the member claims.
    """
    if entry.encrypted or entry.method not in (STORED, DEFLATED) or entry.end - entry.start > most:
        return None
    handle.seek(entry.start)
    data = handle.read(entry.end - entry.start)
    if entry.method == STORED:
        return data
    unpacker = zlib.decompressobj(-15)
    try:
        plain = unpacker.decompress(data, most)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else plain
