"""Walks the elements of a Matroska or WebM file (RFC 8794, RFC 9559)."""

from typing import BinaryIO

from compat.frames.containers.following import what_follows
from compat.frames.containers.skeleton import Skeleton

SEGMENT, CLUSTER, HEADER, VOID = 0x18538067, 0x1F43B675, 0x1A45DFA3, 0xEC
MOST_ELEMENTS = 20_000
"""One cluster a second for five hours."""


def walk_matroska(handle: BinaryIO, size: int) -> Skeleton:
    """Return how long the file says that it is, and whether its writer closed it."""
    first = _element(handle, 0)
    segment = _element(handle, first[2]) if first and first[2] is not None else None
    if segment is None or segment[0] != SEGMENT:
        return Skeleton(kind="matroska", missing="its content (the segment)")
    _, content, end = segment
    if end is not None:
        return Skeleton(
            kind="matroska",
            promised=end,
            follows=what_follows(handle, end, size),
            follows_at=end if end < size else 0,
        )
    # A writer that was never closed, and a live recording, leave the length open.
    return Skeleton(kind="matroska", promised=_last_end(handle, content, size), unfinished=True)


def _last_end(handle: BinaryIO, at: int, size: int) -> int | None:
    for _ in range(MOST_ELEMENTS):
        if at >= size:
            break
        found = _element(handle, at)
        if found is None or found[2] is None:
            return None
        at = found[2]
    return at


def _element(handle: BinaryIO, at: int) -> tuple[int, int, int | None] | None:
    """Return id, where the content begins and where it ends (None: open) of the element there."""
    handle.seek(at)
    head = handle.read(12)
    id_length = _length(head[:1])
    if not 1 <= id_length <= 4 or len(head) < id_length + 1:
        return None
    name = int.from_bytes(head[:id_length], "big")
    size_length = _length(head[id_length : id_length + 1])
    raw = head[id_length : id_length + size_length]
    if not 1 <= size_length <= 8 or len(raw) < size_length:
        return None
    value = int.from_bytes(raw, "big") & ((1 << 7 * size_length) - 1)
    content = at + id_length + size_length
    open_ended = value == (1 << 7 * size_length) - 1
    return name, content, None if open_ended else content + value


def _length(first: bytes) -> int:
    # The number of leading zero bits tells how many bytes follow.
    return 9 - first[0].bit_length() if first and first[0] else 0
