"""Chooses the walk for a file by its first bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from compat.frames.containers.boxes import walk_mp4
from compat.frames.containers.elements import walk_matroska
from compat.frames.containers.picture_chunks import walk_gif, walk_jpeg, walk_png
from compat.frames.containers.riff import walk_riff
from compat.frames.containers.skeleton import Skeleton

Walk = Callable[[BinaryIO, int], Skeleton]

WALKS: tuple[tuple[int, bytes, Walk], ...] = (
    (4, b"ftyp", walk_mp4),
    (4, b"moov", walk_mp4),
    (4, b"mdat", walk_mp4),
    (4, b"wide", walk_mp4),
    (4, b"free", walk_mp4),
    (4, b"skip", walk_mp4),
    (0, b"\x1a\x45\xdf\xa3", walk_matroska),
    (0, b"RIFF", walk_riff),
    (0, b"GIF8", walk_gif),
    (0, b"\x89PNG\r\n\x1a\n", walk_png),
    (0, b"\xff\xd8\xff", walk_jpeg),
)
"""Where the mark stands, the mark, and who reads such a file. QuickTime files may begin without
``ftyp``."""


def skeleton_of(path: Path) -> Skeleton | None:
    """Walk over the chunks of a file; None for a kind without such a walk.

    Reads headers only, in bounded numbers, whatever sizes they claim. May raise ``OSError``.
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        first = handle.read(16)
        for offset, mark, walk in WALKS:
            if first.startswith(mark, offset):
                handle.seek(0)
                return walk(handle, size)
    return None
