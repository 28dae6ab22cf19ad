"""Says what a file really is, by its first bytes, whatever its name says."""

import errno
import json
import re
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FIRST_BYTES = 4096


class Kind(StrEnum):
    """What a file can turn out to be."""

    SAFETENSORS = "safetensors"
    GGUF = "gguf"
    TORCH_ZIP = "torch-zip"
    PICKLE = "pickle"
    ZIP = "zip"
    HTML = "html"
    JSON_ERROR = "json-error"
    JSON = "json"
    LFS_POINTER = "lfs-pointer"
    EMPTY = "empty"
    ZERO_FILLED = "zero-filled"
    PARTIAL_DOWNLOAD = "partial-download"
    TEXT = "text"
    UNKNOWN = "unknown"


PARTIAL_SUFFIXES = (
    ".part", ".partial", ".crdownload", ".aria2", ".incomplete", ".download", ".!qb", ".opdownload",
)  # fmt: skip
"""What browsers, aria2, qBittorrent and huggingface_hub leave when a download stops."""

_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|\?xml)", re.I | re.S)
_ERROR_KEYS = {"error", "errors", "message", "detail", "code", "status"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sniffed:
    """What the content is and the sentence that says why; ``first`` are its first bytes."""

    kind: Kind
    why: str
    first: bytes = b""


def sniff(path: Path) -> Sniffed:
    """Name the content of ``path``; reads a few KiB. Raises ``OSError`` where it cannot be read.

    Pipes and devices are not opened: that could wait for ever.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    size = status.st_size
    if path.suffix.lower() in PARTIAL_SUFFIXES:
        return Sniffed(kind=Kind.PARTIAL_DOWNLOAD, why=f"its name ends in {path.suffix}")
    if path.with_name(f"{path.name}.aria2").exists():
        return Sniffed(
            kind=Kind.PARTIAL_DOWNLOAD, why="aria2's control file still stands beside it"
        )
    if size == 0:
        return Sniffed(kind=Kind.EMPTY, why="it has 0 bytes")
    with path.open("rb") as handle:
        first = handle.read(FIRST_BYTES)
    kind, why = _by_content(first, size)
    return Sniffed(kind=kind, why=why, first=first)


def _by_content(first: bytes, size: int) -> tuple[Kind, str]:
    found = _by_magic(first) or _by_shape(first, size)
    if found is not None:
        return found
    if _is_text(first):
        return Kind.TEXT, "it holds plain text"
    return Kind.UNKNOWN, f"its first bytes are {first[:8].hex(' ')}"


def _by_magic(first: bytes) -> tuple[Kind, str] | None:
    if first.startswith(b"GGUF"):
        return Kind.GGUF, "it begins with GGUF"
    if first.startswith(b"version https://git-lfs"):
        return Kind.LFS_POINTER, _pointer(first)
    if first.startswith(b"PK\x03\x04"):
        return _zip(first)
    if _HTML.match(first):
        return Kind.HTML, "it begins like a web page"
    return None


def _by_shape(first: bytes, size: int) -> tuple[Kind, str] | None:
    if not any(first):
        return Kind.ZERO_FILLED, f"its first {len(first)} bytes are zero"
    if _looks_like_safetensors(first, size):
        return Kind.SAFETENSORS, "it begins with a length and a JSON object"
    if _is_pickle(first):
        return Kind.PICKLE, f"it begins with a pickle of protocol {first[1]}"
    if first.lstrip()[:1] in (b"{", b"["):
        return _json(first, size)
    return None


def _looks_like_safetensors(first: bytes, size: int) -> bool:
    # A length that fits in 100 MB has five zero bytes at its top; no text begins like that.
    if len(first) < 8 or first[4:8] != b"\0\0\0\0":
        return False
    length = int.from_bytes(first[:8], "little")
    return first[8:].lstrip()[:1] == b"{" or (length > 0 and size <= 8)


def _is_pickle(first: bytes) -> bool:
    # PROTO opcode and a protocol from 2 up; protocol 0 and 1 have no mark of their own.
    return len(first) > 2 and first[0] == 0x80 and 2 <= first[1] <= 5


def _zip(first: bytes) -> tuple[Kind, str]:
    # The first entry of a file written by torch.save is <name>/data.pkl or <name>/.format_version.
    length = int.from_bytes(first[26:28], "little")
    name = first[30 : 30 + length].decode("utf-8", "replace")
    if name.rpartition("/")[2] in ("data.pkl", ".format_version", "version", "byteorder"):
        return Kind.TORCH_ZIP, f"it is a zip whose first entry is {name[:80]!a}"
    return Kind.ZIP, f"it is a zip whose first entry is {name[:80]!a}"


def _json(first: bytes, size: int) -> tuple[Kind, str]:
    text = first.decode("utf-8", "replace")
    try:
        value = json.loads(text) if size <= FIRST_BYTES else None
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and _ERROR_KEYS & {str(key).lower() for key in value}:
        return Kind.JSON_ERROR, f"it is a server's answer: {text[:100]!a}"
    return Kind.JSON, "it holds JSON"


def _is_text(first: bytes) -> bool:
    try:
        text = first.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(first) - 4:  # a letter may be cut at the end of the block
            return False
        text = first[: error.start].decode("utf-8")
    return all(letter.isprintable() or letter in "\r\n\t" for letter in text)


def _pointer(first: bytes) -> str:
    size = re.search(rb"^size (\d{1,20})$", first, re.M)
    promised = f" for {int(size[1])} bytes" if size else ""
    return f"it is a git-lfs pointer{promised}, not the file"
