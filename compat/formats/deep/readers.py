"""Reads pieces of a file into one buffer that is used again, and looks at each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from compat.formats.deep.pieces import PIECE, Unit
from compat.formats.deep.sight import Sight

if TYPE_CHECKING:
    from compat.formats.deep.arrays import Bytes


@dataclass(slots=True)
class Step:
    """What was seen between the step before and file offset ``position``.

    ``read`` counts bytes; ``short`` says that the file ended where there were bytes before.
    """

    position: int
    read: int = 0
    sights: list[tuple[str, Sight]] = field(default_factory=list)
    short: bool = False


def open_unbuffered(path: Path) -> BinaryIO:
    """Open for ``readinto`` straight into our own memory."""
    return cast("BinaryIO", path.open("rb", buffering=0))


def fill(handle: BinaryIO, buffer: memoryview) -> int:
    """Read until the buffer is full or the file ends; gives the number of bytes."""
    filled = 0
    while filled < len(buffer):
        # Raw files have readinto; BinaryIO does not name it.
        count = handle.readinto(buffer[filled:])  # type: ignore[attr-defined]
        if not count:
            break
        filled += count
    return filled


def new_buffer() -> "Bytes":
    """Room for one piece."""
    import numpy as np

    return np.empty(PIECE, np.uint8)


def look_at_unit(
    path: Path, unit: Unit, buffer: "Bytes", stopped: Callable[[], bool]
) -> Step | None:
    """Read and look at every piece of ``unit``; None where it was stopped before its end."""
    from compat.formats.deep.look import look_at

    step = Step(position=unit[-1].end)
    view = memoryview(buffer)  # type: ignore[arg-type]  # numpy arrays are buffers
    with open_unbuffered(path) as handle:
        for piece in unit:
            if stopped():
                return None
            length = piece.end - piece.start
            handle.seek(piece.start)
            if fill(handle, view[:length]) < length:
                return Step(piece.start, step.read, step.sights, short=True)
            step.sights.append((piece.name, look_at(buffer[:length], piece.start, piece.kind)))
            step.read += length
    return step


def one_by_one(path: Path, todo: Iterator[Unit]) -> Iterator[Step]:
    """Look at unit after unit in this thread."""
    buffer = new_buffer()
    for unit in todo:
        step = look_at_unit(path, unit, buffer, lambda: False)
        if step is not None:
            yield step
