"""Walks the boxes of an mp4 or QuickTime file (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from compat.frames.containers.following import what_follows
from compat.frames.containers.skeleton import Skeleton

MOST_BOXES = 200_000
"""Six boxes a fragment, two fragments a second: four hours. Walking over so many takes a second."""
DEEPEST = 8
HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
VIDEOS = frozenset(
    {b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp08", b"vp09", b"mp4v", b"apch", b"apcn",
     b"ap4h", b"jpeg", b"png ", b"vvc1"}
)  # fmt: skip
"""Sample entries of video, by their four letters."""
COUNTS = frozenset({b"stsz", b"stz2", b"stts"})
TOP = frozenset(
    {b"ftyp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"meta", b"uuid", b"styp",
     b"sidx", b"ssix", b"mfra", b"pnot", b"emsg", b"prft", b"udta", b"pdin", b"bloc", b"idat",
     b"mfro", b"PICT"}
)  # fmt: skip
"""Boxes that may stand at the top; anything else there is not mp4 any more."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its four letters, where it and its content begin, where it claims to end."""

    name: bytes
    start: int
    content: int
    end: int
    depth: int


@dataclass(slots=True)
class _Seen:
    names: list[bytes]
    unread: bool = False
    samples: int = 0
    pieces: int = 0
    size: tuple[int, int] | None = None
    promised: int = 0
    stray: int | None = None
    second: int | None = None


def walk_mp4(handle: BinaryIO, size: int) -> Skeleton:
    """Return what the boxes declare; never reads media data."""
    seen = _Seen(names=[])
    for box in _boxes(handle, size, seen):
        if not _note(seen, box, handle):
            break
    fragments = seen.names.count(b"moof")
    at = seen.stray if seen.stray is not None else seen.second
    return Skeleton(
        kind="mp4",
        promised=seen.promised,
        missing="" if b"moov" in seen.names else "its index (the moov box)",
        follows="" if at is None else what_follows(handle, at, size),
        follows_at=at or 0,
        samples=max(seen.samples, seen.pieces),
        fragments=fragments,
        uncounted=seen.unread,
        size=seen.size,
    )


def _note(seen: _Seen, box: Box, handle: BinaryIO) -> bool:
    if box.depth:
        if box.name in COUNTS:
            seen.samples = max(seen.samples, _declared_samples(handle, box))
        elif box.name == b"stsd":
            seen.size = seen.size or _declared_size(handle, box)
        elif box.name == b"trun":
            seen.pieces += _number_at(handle, box.content + 4)
        return True
    if box.name not in TOP:
        seen.stray = box.start
        return False
    if box.name == b"ftyp" and b"ftyp" in seen.names:
        seen.second = box.start
        return False
    seen.names.append(box.name)
    seen.promised = max(seen.promised, box.end)
    return True


def _boxes(handle: BinaryIO, size: int, seen: _Seen) -> Iterator[Box]:
    """Yield boxes in the order of the file, those inside holders too."""
    waiting = [(0, size, 0)]
    for _ in range(MOST_BOXES):
        if not waiting:
            return
        at, end, depth = waiting.pop()
        box = _box_at(handle, at, end, size, depth)
        if box is None:
            continue
        yield box
        if min(box.end, end) < end:
            waiting.append((box.end, end, depth))
        if box.name in HOLDERS and depth < DEEPEST:
            waiting.append((box.content, min(box.end, size), depth + 1))
    seen.unread = bool(waiting)


def _box_at(handle: BinaryIO, at: int, end: int, size: int, depth: int) -> Box | None:
    if at + 8 > end:
        return None
    handle.seek(at)
    head = handle.read(16)
    if len(head) < 8:
        return None
    length, name = struct.unpack_from(">I4s", head)
    content = at + 8
    if length == 1 and len(head) == 16:
        length, content = struct.unpack_from(">Q", head, 8)[0], at + 16
    elif length == 0:
        length = (size if depth == 0 else end) - at
    if length < content - at:
        # A box shorter than its own head: not a box. At the top that is content of another kind.
        return Box(b"\0\0\0\0", at, content, end, depth) if depth == 0 else None
    return Box(name, at, content, at + length, depth)


def _declared_samples(handle: BinaryIO, box: Box) -> int:
    if box.name == b"stts":
        return _samples_of_times(handle, box)
    return _number_at(handle, box.content + 8)


def _samples_of_times(handle: BinaryIO, box: Box) -> int:
    # Runs of equal durations: the table cannot be longer than its box, nor than is read here.
    count = min(_number_at(handle, box.content + 4), (box.end - box.content) // 8, 1 << 16)
    table = handle.read(8 * count)
    return sum(struct.unpack_from(">I", table, 8 * i)[0] for i in range(len(table) // 8))


def _number_at(handle: BinaryIO, at: int) -> int:
    """Return the 32-bit number there, and stand behind it; 0 at the end of the file."""
    handle.seek(at)
    raw = handle.read(4)
    return int.from_bytes(raw, "big") if len(raw) == 4 else 0


def _declared_size(handle: BinaryIO, box: Box) -> tuple[int, int] | None:
    # Behind version and count: size and letters of the first entry, 24 bytes, width, height.
    handle.seek(box.content + 8)
    head = handle.read(36)
    if len(head) < 36 or head[4:8] not in VIDEOS:
        return None
    width, height = struct.unpack_from(">HH", head, 32)
    return (width, height) if width and height else None
