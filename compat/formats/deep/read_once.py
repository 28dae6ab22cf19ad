"""Hashes a whole file and looks at its values in one reading."""

import hashlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from compat.formats.deep.pieces import PIECE, Piece, pieces
from compat.formats.deep.readers import Step, fill, new_buffer, open_unbuffered
from compat.formats.model import Header

if TYPE_CHECKING:
    from compat.formats.deep.arrays import Bytes

BUFFERS = 4
"""Blocks that may wait for the hash: it is several times slower than looking."""


Stretch = tuple[int, int, Piece | None]
"""From, to, and the piece of a tensor that lies there; None is looked at by nobody."""


class Digest:
    """Filled in by :func:`hash_and_look` once the file was read to its end."""

    sha256 = ""


def hash_and_look(header: Header, position: int, result: Digest) -> Iterator[Step]:
    """Steps over the whole file; values are looked at from offset ``position`` on.

    What lies before it was looked at by an earlier scan and is read for the hash alone: the state
    of a hash cannot be stored.
    """
    digest = hashlib.sha256()
    room = deque(new_buffer() for _ in range(BUFFERS))
    hashed: deque[Future[None]] = deque()
    with (
        open_unbuffered(header.path) as handle,
        ThreadPoolExecutor(1, thread_name_prefix="sha256") as hasher,
    ):
        for start, end, piece in _whole_file(header, position):
            if len(hashed) == BUFFERS:
                hashed.popleft().result()
            buffer = room[0][: end - start]
            room.rotate(-1)
            if fill(handle, memoryview(buffer)) < end - start:  # type: ignore[arg-type]
                yield Step(start, short=True)
                return
            hashed.append(hasher.submit(digest.update, memoryview(buffer)))  # type: ignore[arg-type]
            yield _step(buffer, start, end, piece)
    result.sha256 = digest.hexdigest()


def _step(buffer: "Bytes", start: int, end: int, piece: Piece | None) -> Step:
    from compat.formats.deep.look import look_at

    step = Step(end, read=end - start)
    if piece is not None:
        step.sights = [(piece.name, look_at(buffer, start, piece.kind))]
    return step


def _whole_file(header: Header, position: int) -> Iterator[Stretch]:
    reached = 0
    for piece in pieces(header, position):
        yield from _gap(reached, piece.start)
        yield piece.start, piece.end, piece
        reached = piece.end
    yield from _gap(reached, header.file_size)


def _gap(start: int, end: int) -> Iterator[Stretch]:
    while start < end:
        cut = min(end, start + PIECE)
        yield start, cut, None
        start = cut
