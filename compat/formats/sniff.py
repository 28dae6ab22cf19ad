"""Says what a file really is, by its first bytes, whatever its name says."""

import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path

from compat.formats.content_marks import Kind, marked
from compat.formats.partial_downloads import PARTIAL_SUFFIXES, is_piece_name, unfinished
from compat.formats.text_content import text_content

__all__ = ["FIRST_BYTES", "PARTIAL_SUFFIXES", "Kind", "Sniffed", "sniff"]

FIRST_BYTES = 4096
_SAFETENSORS_NAMES = (".safetensors", ".sft")
_LONGEST_HEADER = 100_000_000  # MAX_HEADER_SIZE of the reference reader of safetensors
_SPOTS = 16

_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a disk device"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sniffed:
    """What the content is and the sentence that says why; ``first`` are its first bytes.

    ``promised`` is the full size that a pointer or a download's note tells, None where none does.
    """

    kind: Kind
    why: str
    first: bytes = b""
    promised: int | None = None


def sniff(path: Path) -> Sniffed:
    """Name the content of ``path``; reads a few KiB. Raises ``OSError`` where it cannot be read.

    A pipe or a device is named and never opened: opening one can wait for ever.
    """
    return _irregular(path) or _by_name(path) or _by_content(path, path.stat().st_size)


def _by_name(path: Path) -> Sniffed | None:
    part = unfinished(path)
    if part is not None:
        return Sniffed(kind=Kind.PARTIAL_DOWNLOAD, why=part.why, promised=part.promised)
    if is_piece_name(path):
        return Sniffed(kind=Kind.SPLIT_PART, why=f"its name ends in {path.suffix}")
    return None


def _by_content(path: Path, size: int) -> Sniffed:
    with path.open("rb") as handle:
        first = handle.read(FIRST_BYTES)
    if not first:
        return Sniffed(kind=Kind.EMPTY, why="it has 0 bytes")
    if not any(first):
        return _zeros(path, first, size)
    found = marked(first) or _zip(first)
    if found is not None:
        kind, why = _unpacked(first, *found)
        return Sniffed(kind=kind, why=why, first=first)
    return _by_shape(path, first, size)


def _irregular(path: Path) -> Sniffed | None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if not path.is_symlink():
            raise
        target = ascii(os.fsdecode(path.readlink()))[:120]
        return Sniffed(kind=Kind.DANGLING_LINK, why=f"it is a link to {target}, which is not there")
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        return Sniffed(kind=Kind.FOLDER, why="it is a folder")
    what = next((word for test, word in _SPECIAL if test(mode)), "no regular file")
    return Sniffed(kind=Kind.NO_FILE, why=f"it is {what}")


def _by_shape(path: Path, first: bytes, size: int) -> Sniffed:
    if _looks_like_safetensors(path, first, size):
        return Sniffed(
            kind=Kind.SAFETENSORS, why="it begins with a length and a JSON object", first=first
        )
    if _is_pickle(first):
        why = f"it begins with a pickle of protocol {first[1]}"
        return Sniffed(kind=Kind.PICKLE, why=why, first=first)
    text = text_content(first, size)
    if text is not None:
        return Sniffed(kind=text.kind, why=text.why, first=first, promised=text.promised)
    why = f"its first bytes are {first[:8].hex(' ')}"
    return Sniffed(kind=Kind.UNKNOWN, why=why, first=first)


def _zeros(path: Path, first: bytes, size: int) -> Sniffed:
    """A file that begins with zeros: all of it as far as is looked, or its beginning alone."""
    on_disk = getattr(path.stat(), "st_blocks", -1) * 512
    spare = (
        f", and {on_disk} of its {size} bytes are on the disk" if 0 <= on_disk < size // 2 else ""
    )
    with path.open("rb") as handle:
        for spot in range(1, _SPOTS + 1):
            handle.seek(max(0, size * spot // _SPOTS - FIRST_BYTES))
            if any(handle.read(FIRST_BYTES)):
                at = handle.tell()
                why = f"its first {len(first)} bytes are zero and those before byte {at} are not"
                return Sniffed(kind=Kind.ZERO_HEAD, why=why + spare, first=first)
    why = f"its first {len(first)} bytes are zero, and {_SPOTS} more spots up to its end"
    return Sniffed(kind=Kind.ZERO_FILLED, why=why + spare, first=first)


def _looks_like_safetensors(path: Path, first: bytes, size: int) -> bool:
    length = int.from_bytes(first[:8], "little")
    if first[8:10] == b'{"' and (b'"data_offsets"' in first or b'"__metadata__"' in first):
        return True  # whatever the length says; the reader names a wrong one
    # A length that fits in 100 MB has five zero bytes at its top; no text begins like that.
    if len(first) >= 8 and first[4:8] == b"\0\0\0\0":
        if first[8:].lstrip()[:1] == b"{" or (length > 0 and size <= 8):
            return True
        named = path.suffix.lower() in _SAFETENSORS_NAMES
        return named and 0 < length <= _LONGEST_HEADER and 8 + length <= size
    cut_in_length = size < 8 and path.suffix.lower() in _SAFETENSORS_NAMES
    return cut_in_length and (b"\0" in first or not first.isascii())


def _is_pickle(first: bytes) -> bool:
    # PROTO opcode and a protocol from 2 up; protocol 0 and 1 have no mark of their own.
    return len(first) > 2 and first[0] == 0x80 and 2 <= first[1] <= 5


def _zip(first: bytes) -> tuple[Kind, str] | None:
    if first.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        return Kind.ZIP, "it is a zip without entries, or one of several volumes"
    if not first.startswith(b"PK\x03\x04"):
        return None
    # The first entry of a file written by torch.save is <name>/data.pkl or <name>/.format_version.
    length = int.from_bytes(first[26:28], "little")
    name = first[30 : 30 + length].decode("utf-8", "replace")
    why = f"it is a zip whose first entry is {name[:80]!a}"
    if name.rpartition("/")[2] in ("data.pkl", ".format_version", "version", "byteorder"):
        return Kind.TORCH_ZIP, why
    return (Kind.NUMPY if name.endswith(".npy") else Kind.ZIP), why


def _unpacked(first: bytes, kind: Kind, why: str) -> tuple[Kind, str]:
    """What a gzip file holds, where that is a page or a message: servers send those compressed."""
    if not first.startswith(b"\x1f\x8b"):
        return kind, why
    try:
        inside = zlib.decompressobj(31).decompress(first, FIRST_BYTES)
    except zlib.error:
        return kind, why
    text = text_content(inside, len(inside))
    if text is not None and text.kind in (Kind.HTML, Kind.JSON_ERROR, Kind.XML_ERROR):
        return text.kind, f"it is gzip, and inside {text.why}"
    if inside.startswith(b"ustar", 257):
        return Kind.TAR, "it is gzip, and inside is a tar archive"
    return kind, why
