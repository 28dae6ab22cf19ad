"""Walks gif, png and jpeg pictures to their closing marks."""

from typing import BinaryIO

from compat.frames.containers.following import what_follows
from compat.frames.containers.skeleton import Skeleton

MOST_CHUNKS = 200_000
"""A frame of an animated png has two chunks, one of a gif three and its blocks of 255 bytes."""
TRAILER, EXTENSION, IMAGE = 0x3B, 0x21, 0x2C


def walk_png(handle: BinaryIO, size: int) -> Skeleton:
    """Return whether the closing IEND chunk is there, and what follows it."""
    at = 8
    for _ in range(MOST_CHUNKS):
        handle.seek(at)
        head = handle.read(8)
        if len(head) < 8:
            return Skeleton(kind="png", ends=False)
        at += 12 + int.from_bytes(head[:4], "big")
        if at > size:
            return Skeleton(kind="png", promised=at, ends=False)
        if head[4:] == b"IEND":
            return Skeleton(kind="png", follows=what_follows(handle, at, size), follows_at=at)
    return Skeleton(kind="png", uncounted=True)


def walk_jpeg(handle: BinaryIO, size: int) -> Skeleton:
    """Return whether the closing mark stands in the last 4 KiB; cameras put more behind it."""
    handle.seek(max(0, size - 4096))
    return Skeleton(kind="jpeg", ends=b"\xff\xd9" in handle.read(4096))


def walk_gif(handle: BinaryIO, size: int) -> Skeleton:
    """Return whether the closing byte is there, and what follows it."""
    handle.seek(10)
    at = 13 + _palette(handle.read(1))
    for _ in range(MOST_CHUNKS):
        handle.seek(at)
        mark = handle.read(1)
        if not mark:
            return Skeleton(kind="gif", ends=False)
        if mark[0] == TRAILER:
            end = at + 1
            return Skeleton(kind="gif", follows=what_follows(handle, end, size), follows_at=end)
        after = _behind_block(handle, at, mark[0], size)
        if after is None:
            return Skeleton(kind="gif", ends=False)
        at = after
    return Skeleton(kind="gif", uncounted=True)


def _behind_block(handle: BinaryIO, at: int, mark: int, size: int) -> int | None:
    if mark == EXTENSION:
        return _behind_data(handle, at + 2, size)
    if mark != IMAGE:
        return None
    handle.seek(at + 9)
    flags = handle.read(1)
    # Ten bytes of head, the frame's own palette, one byte of code size, the data.
    return _behind_data(handle, at + 11 + _palette(flags), size)


def _behind_data(handle: BinaryIO, at: int, size: int) -> int | None:
    while at < size:
        handle.seek(at)
        length = handle.read(1)[0]
        at += 1 + length
        if length == 0:
            return at
    return None


def _palette(flags: bytes) -> int:
    return 3 * (2 << (flags[0] & 7)) if flags and flags[0] & 0x80 else 0
