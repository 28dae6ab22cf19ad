"""Names what stands behind the end of a file."""

from typing import BinaryIO

STARTS = (
    (4, b"ftyp"),
    (0, b"\x1a\x45\xdf\xa3"),
    (0, b"RIFF"),
    (0, b"GIF8"),
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"\xff\xd8\xff"),
)
"""Where the mark of each kind of clip stands, and the mark."""


def what_follows(handle: BinaryIO, at: int, size: int) -> str:
    """Say what stands from byte ``at`` on: another clip, zeros, or other bytes; empty at the end.

    Reads 64 bytes.
    """
    if at >= size:
        return ""
    handle.seek(at)
    first = handle.read(64)
    if any(first.startswith(mark, offset) for offset, mark in STARTS):
        return "another clip"
    return f"{size - at} bytes of {'other content' if any(first) else 'zeros'}"
