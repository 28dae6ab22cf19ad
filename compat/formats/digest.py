"""The digest of a model for the gate's fingerprint: any change of any file changes it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from compat.core.errors import CompatError
from compat.formats.folder_files import files_below

SMALL_FILE = 1 << 20
"""Files up to this many bytes are hashed whole; configs and tokenizers are that small."""

HEAD = 64 << 10
CHUNK = 1 << 20


def content_digest(path: Path, *, full: bool = False) -> str:
    """SHA-256 in hex over what identifies the content of a file or of every file of a folder.

    Small files count by content; large ones by their header, size and modification time, so that
    a 40 GB model costs milliseconds. ``full=True`` hashes every byte and leaves times out, so equal
    content gives equal digests on two machines. ``CompatError`` where a file cannot be read.
    """
    total = hashlib.sha256()
    try:
        for name, file in _files(path):
            total.update(f"{name}\0{_file_digest(file, full=full)}\n".encode("utf-8", "replace"))
    except OSError as error:
        raise CompatError(f"{error.filename or path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CompatError(str(error), "name the model's own folder") from error
    return total.hexdigest()


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    if path.is_file():
        yield "", path
        return
    if not path.is_dir():
        raise CompatError(f"{path} is neither a file nor a folder", "name an existing model")
    for file in files_below(path):
        yield file.relative_to(path).as_posix(), file


def _file_digest(path: Path, *, full: bool) -> str:
    digest = hashlib.sha256()
    status = path.stat()
    with path.open("rb") as handle:
        if full or status.st_size <= SMALL_FILE:
            while block := handle.read(CHUNK):
                digest.update(block)
            return digest.hexdigest()
        digest.update(_head(handle.read(HEAD), handle))
    digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()


def _head(first: bytes, handle: BinaryIO) -> bytes:
    # A safetensors header may be longer than the first block; the cap is the reference reader's.
    length = int.from_bytes(first[:8], "little")
    if HEAD < length <= 100_000_000:
        return first + handle.read(length + 8 - len(first))
    return first
