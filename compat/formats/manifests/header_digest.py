"""A digest of the ends of a file: cheap at any size, and different for nearly every other file."""

import hashlib
from pathlib import Path

END = 64 << 10
LONGEST_HEADER = 100_000_000
"""The reference reader's limit on a safetensors header."""


def header_digest(path: Path) -> str:
    """SHA-256 in hex over size, header and last 64 KiB; may raise ``OSError``.

    The header is that of safetensors where the file begins with its length, else the first 64 KiB.
    """
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        size = handle.seek(0, 2)
        handle.seek(0)
        first = handle.read(END)
        length = int.from_bytes(first[:8], "little") + 8
        if END < length <= min(LONGEST_HEADER + 8, size):
            first += handle.read(length - END)
        digest.update(f"{size}\n".encode())
        digest.update(first)
        if size > len(first):
            handle.seek(max(len(first), size - END))
            digest.update(handle.read(END))
    return digest.hexdigest()
