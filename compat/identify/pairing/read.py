"""Identifies a file for pairing: what it is, its metadata, and a digest of what it holds."""

import hashlib
from pathlib import Path

from compat.core.errors import CompatError
from compat.formats.header import try_header
from compat.formats.model import Header
from compat.formats.shards import is_shard_index
from compat.identify.identify import identify
from compat.identify.model import Role
from compat.identify.pairing.model import Identified
from compat.identify.sharded import merged_header

SAMPLES = 32
SAMPLE_BYTES = 4096
"""32 blocks of 4 KiB: two trained experts differ in every one of them, so a few would do."""


def identified(path: Path, *, slot: str = "") -> Identified:
    """What stands in ``path``, a file or a diffusers folder; ``CompatError`` if it cannot be read.

    Reads the header and, of a diffusion model in one file, 128 KiB of weights.
    """
    found = identify(path)
    header = header_of(path)
    content = ""
    if header is not None and found.role is Role.DIFFUSION_MODEL and header.data_start:
        content = content_digest(header)
    return Identified(
        path=path,
        identification=found,
        metadata=header.metadata if header is not None else {},
        content=content,
        slot=slot,
    )


def header_of(path: Path) -> Header | None:
    """The header of a file, or of all shards of an index as one; None where there is none."""
    if path.is_dir():
        return None
    try:
        if is_shard_index(path):
            return merged_header(path)[0]
        reading = try_header(path)
    except OSError as error:
        raise CompatError(f"{path} cannot be read: {error.strerror or error}") from error
    return reading.header if reading is not None else None


def content_digest(header: Header) -> str:
    """SHA-256 over the table of tensors and blocks of data spread over the file; "" if unreadable.

    Metadata does not count: the same weights under another description are the same weights.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(header.tensors.items()):
        start = tensor.start - header.data_start
        line = f"{name}\0{tensor.dtype}\0{list(tensor.shape)[:16]}\0{start}\n"
        digest.update(line.encode("utf-8", "replace"))
    room = max(0, header.file_size - header.data_start - SAMPLE_BYTES)
    try:
        with header.path.open("rb") as handle:
            for number in range(SAMPLES):
                handle.seek(header.data_start + room * number // (SAMPLES - 1))
                digest.update(handle.read(SAMPLE_BYTES))
    except OSError:
        return ""
    return digest.hexdigest()
