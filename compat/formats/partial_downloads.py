"""Knows what browsers and download programs leave when a download stops."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

PARTIAL_SUFFIXES = (
    ".part", ".partial", ".crdownload", ".aria2", ".incomplete", ".download", ".!qb", ".opdownload",
    ".filepart", ".fdmdownload", ".bc!", ".!ut", ".dtapart", ".xltd", ".downloading", ".tdownload",
    ".unconfirmed",
)  # fmt: skip
"""Chrome, Firefox, Safari, Opera, aria2, huggingface_hub, qBittorrent, uTorrent, BitComet, WinSCP,
Free Download Manager, DownThemAll, Thunder, Baidu."""

_WEIGHTS = r"\.(?:safetensors|sft|gguf|ckpt|pt|pth|bin)"
_UNFINISHED = re.compile(_WEIGHTS + r"\.(?:tmp|temp|st|td|swp|lock|[A-Za-z0-9_]{6,8}\.tmp)$", re.I)
_PIECE = re.compile(
    _WEIGHTS + r"(?:\.(?:\d{3}|part-?(?:\d{1,3}|[a-z]{2})|[a-z]{2}|z\d\d)|-split-[a-z])$", re.I
)
_CONTROL_FILES = (".aria2", ".st", ".!st")
"""What aria2 and axel keep beside a file as long as it is not whole."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Why a file is an unfinished download; ``promised`` is its full size, None where unknown."""

    why: str
    promised: int | None = None


def is_partial_name(path: Path) -> bool:
    """Whether the name alone says that the file is an unfinished download."""
    return path.suffix.lower() in PARTIAL_SUFFIXES or _UNFINISHED.search(path.name) is not None


def is_piece_name(path: Path) -> bool:
    """Whether the name says that the file is one of several pieces (.001, .partaa)."""
    return not is_partial_name(path) and _PIECE.search(path.name) is not None


def unfinished(path: Path) -> Unfinished | None:
    """Why ``path`` is an unfinished download, by its name and what lies beside it, or None."""
    if path.suffix.lower() == ".aria2":
        return Unfinished("it is aria2's note of what is still missing, not the file")
    if is_partial_name(path):
        return Unfinished(f"its name ends in {path.suffix}")
    for suffix in _CONTROL_FILES:
        control = path.with_name(path.name + suffix)
        if control.is_file():
            return _by_control_file(control, suffix)
    return None


def _by_control_file(control: Path, suffix: str) -> Unfinished:
    why = f"the download program's {suffix} file still stands beside it"
    if suffix != ".aria2":
        return Unfinished(why)
    with control.open("rb") as handle:
        note = handle.read(1 << 20)
    return _aria2_note(note, why)


def _aria2_note(note: bytes, why: str) -> Unfinished:
    """What aria2 wrote down: version, extension, info hash, piece length, total, upload, pieces.

    Layout of version 1: https://aria2.github.io/manual/en/html/technical-notes.html
    """
    try:
        version, _, hash_length = struct.unpack_from(">H4sI", note)
        piece, total, _, field_length = struct.unpack_from(">IQQI", note, 10 + hash_length)
    except struct.error:
        return Unfinished(why)
    if version != 1 or not piece or total >= 1 << 62:
        return Unfinished(why)
    start = 34 + hash_length
    done = sum(byte.bit_count() for byte in note[start : start + field_length])
    pieces = -(-total // piece)
    if done > pieces:
        return Unfinished(why)
    return Unfinished(f"{why} and counts {done} of {pieces} pieces", total)
