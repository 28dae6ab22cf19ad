"""Cuts the tensors of a file into pieces that are read and looked at one by one, in file order."""

from collections.abc import Iterator
from dataclasses import dataclass

from compat.formats.deep.tensor_kind import TensorKind, kind_of
from compat.formats.layout import in_order
from compat.formats.model import Header, TensorInfo

PAGE = 4096
"""Memory page and block of nearly every file system: a hole begins and ends with one."""

PIECE = 4 << 20
"""Bytes looked at in one go: bounds memory, and is past the size where calls cost anything."""

UNIT = 32 << 20
"""Bytes that one thread takes at a time: long enough to read a disk in sequence."""

MOST_IN_UNIT = 512
"""Pieces in a unit: small tensors cost calls, not bytes, and Ctrl-C waits for no unit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes ``start`` to ``end`` of the file, all of one tensor: whole words or blocks of it."""

    name: str
    kind: TensorKind
    start: int
    end: int


Unit = list[Piece]


def units(header: Header, position: int = 0) -> Iterator[Unit]:
    """Groups of pieces from file offset ``position`` on; together some 32 MiB each."""
    unit: Unit = []
    nbytes = 0
    for piece in pieces(header, position):
        unit.append(piece)
        nbytes += piece.end - piece.start
        if nbytes >= UNIT or len(unit) >= MOST_IN_UNIT:
            yield unit
            unit, nbytes = [], 0
    if unit:
        yield unit


def pieces(header: Header, position: int = 0) -> Iterator[Piece]:
    """Every byte of every tensor that can be looked at, from offset ``position`` on."""
    for tensor, kind, begin in examinable(header):
        start = begin
        while start < tensor.end:
            end = _next_cut(start, tensor, kind)
            if start >= position:
                yield Piece(tensor.name, kind, start, end)
            start = end


def examinable(header: Header) -> Iterator[tuple[TensorInfo, TensorKind, int]]:
    """The tensors of known types that lie in the file, and from which byte on each is looked at.

    Bytes that tensors share (tied weights of a pickle, lies of a header) are looked at once.
    """
    reached = header.data_start
    for tensor in in_order(header.tensors.values()):
        kind = kind_of(tensor)
        inside = header.data_start <= tensor.start <= tensor.end <= header.file_size
        if kind is None or not inside:
            continue
        shared = max(0, min(reached, tensor.end) - tensor.start)
        reached = max(reached, tensor.end)
        yield tensor, kind, min(tensor.end, tensor.start + -(-shared // kind.word) * kind.word)


def _next_cut(start: int, tensor: TensorInfo, kind: TensorKind) -> int:
    """End of the piece that begins at ``start``: on a page where the tensor's words allow it."""
    end = start + PIECE - start % PAGE
    end -= (end - tensor.start) % kind.word
    return min(end, tensor.end)
