"""Walks the head of a RIFF file: webp and avi."""

from typing import BinaryIO

from compat.frames.containers.following import what_follows
from compat.frames.containers.skeleton import Skeleton

CHUNK_HEAD = 8


def walk_riff(handle: BinaryIO, size: int) -> Skeleton:
    """Return how long the file says that it is; an avi above 1 GB goes on in further RIFFs."""
    head = handle.read(12)
    kind = {b"WEBP": "webp", b"AVI ": "avi"}.get(head[8:12], "riff")
    declared = int.from_bytes(head[4:8], "little")
    # Chunks begin at even bytes. Writers that cannot seek leave 0 or the largest number.
    end = CHUNK_HEAD + declared + declared % 2
    if declared in {0, 0xFFFFFFFF}:
        return Skeleton(kind=kind, unfinished=True)
    handle.seek(min(end, size))
    more = kind == "avi" and handle.read(12)[8:12] == b"AVIX"
    # The byte that makes the length even may be left out at the end of the file.
    promised = CHUNK_HEAD + declared
    if more or end >= size:
        return Skeleton(kind=kind, promised=promised)
    return Skeleton(
        kind=kind, promised=promised, follows=what_follows(handle, end, size), follows_at=end
    )
