"""Says how a clip is to be read, by what it holds and not by its name, or why it is not read."""

import errno
import os
import struct
import zipfile
from enum import StrEnum
from pathlib import Path

from compat.core.errors import NothingCheckedError
from compat.formats.sniff import Kind, Sniffed, sniff
from compat.formats.wording import quoted


class ClipKind(StrEnum):
    """Who reads the clip."""

    VIDEO = "video"
    PICTURE = "picture"
    FOLDER = "folder"
    NPY = "npy"
    NPZ = "npz"
    SAFETENSORS = "safetensors"


PICTURES = (
    (0, b"GIF8"),
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"\xff\xd8\xff"),
    (8, b"WEBP"),
    (0, b"BM"),
)
"""Where the mark of each kind of picture stands that pillow reads here, and the mark."""

OTHER_PICTURES = (
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (0, b"8BPS", "a Photoshop picture"),
    (0, b"SDPX", "a DPX picture"),
    (0, b"XPDS", "a DPX picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (4, b"JXL ", "a JPEG XL picture"),
    (4, b"ftypheic", "an HEIC picture"),
    (4, b"ftypmif1", "an HEIF picture"),
    (0, b"#?RADIANCE", "a Radiance picture"),
    (0, b"\0\0\1\0", "an icon"),
    (0, b"%!PS", "a PostScript page"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript page"),
)
"""Pictures that are named and not read: no model writes them, and their readers are many."""

LISTS = (
    ("#EXTM3U", "an HLS playlist"),
    ("ffconcat", "a concat script"),
    ("file ", "a concat script"),
    ("v=0", "an SDP description"),
    ("[playlist]", "a playlist"),
)
SUBTITLES = (("WEBVTT", "subtitles"), ("[Script Info]", "subtitles"), ("1\n00:", "subtitles"))
MARKUP = (("<MPD", "a DASH playlist"), ("<svg", "an SVG drawing"), ("<smil", "a playlist"),
          ("SmoothStreamingMedia", "a playlist"), ("<asx", "a playlist"))  # fmt: skip

RAW_VIDEO = b"YUV4MPEG2 "
SPECIAL = {
    Kind.EMPTY: "render or download it again",
    Kind.ZERO_FILLED: "the space was reserved and never filled: render or download it again",
    Kind.LFS_POINTER: "fetch the file itself with git lfs pull",
    Kind.XET_POINTER: "fetch the file itself",
    Kind.HTML: "download the clip itself",
    Kind.XML_ERROR: "download the clip itself",
    Kind.PARTIAL_DOWNLOAD: "let the download finish",
    Kind.DANGLING_LINK: "name the file itself",
    Kind.NO_FILE: "name a file: what comes out of a pipe or a device cannot be read twice",
}
"""What to do about content that :mod:`compat.formats.sniff` knows and that is no clip."""
NO_CLIPS = frozenset(
    {Kind.TEXT, Kind.JSON, Kind.JSON_ERROR, Kind.PROGRAM, Kind.DOCUMENT, Kind.GGUF, Kind.OLD_GGML,
     Kind.ONNX, Kind.TAR, Kind.COMPRESSED, Kind.ARCHIVE, Kind.HDF5, Kind.DATABASE, Kind.TENSORRT,
     Kind.TFLITE, Kind.TORRENT}
)  # fmt: skip
PICKLES = frozenset({Kind.PICKLE, Kind.TORCH_ZIP})


def clip_kind(path: Path) -> ClipKind:
    """Return who reads ``path``; NothingCheckedError says what it is where nobody does.

    Reads a few KiB. Pipes, sockets and devices are never opened.
    """
    try:
        if path.is_dir():
            return ClipKind.FOLDER
        found = sniff(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if found.kind in SPECIAL:
        raise NothingCheckedError(f"{quoted(path)} is not a clip: {found.why}", SPECIAL[found.kind])
    if found.kind in PICKLES:
        raise NothingCheckedError(
            f"{quoted(path)} is a pickle, which may run code when it is loaded, expected a clip",
            "save the frames with numpy.save, safetensors or as a video",
        )
    return _readable(path, found)


def _unreadable(path: Path, error: OSError) -> NothingCheckedError:
    reason = (error.strerror or type(error).__name__).lower()
    if error.errno == errno.ENOENT:
        return NothingCheckedError(f"{quoted(path)} does not exist", "check the path")
    denied = error.errno in {errno.EACCES, errno.EPERM}
    remedy = "check who may read it" if denied else "check the path and the disk"
    return NothingCheckedError(f"{quoted(path)} cannot be read: {reason}", remedy)


def _readable(path: Path, found: Sniffed) -> ClipKind:
    kind, first = found.kind, found.first
    if not os.access(path, os.R_OK):
        raise _unreadable(path, PermissionError(errno.EACCES, "permission denied"))
    if any(first.startswith(mark, offset) for offset, mark in PICTURES):
        return ClipKind.PICTURE
    for offset, mark, name in OTHER_PICTURES:
        if first.startswith(mark, offset):
            raise NothingCheckedError(
                f"{quoted(path)} is {name}, expected a video or png, jpg, webp or gif pictures",
                "save it as png",
            )
    if kind is Kind.NUMPY and not first.startswith(b"PK"):
        return ClipKind.NPY
    if kind is Kind.SAFETENSORS:
        return ClipKind.SAFETENSORS
    if kind in {Kind.ZIP, Kind.NUMPY}:
        return _zip(path)
    if not first.startswith(RAW_VIDEO):
        _refuse_text(path, first)
        if kind in NO_CLIPS:
            raise NothingCheckedError(
                f"{quoted(path)} is not a clip: {found.why}", "name the clip itself"
            )
    return ClipKind.VIDEO


def _zip(path: Path) -> ClipKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, struct.error) as error:
        raise NothingCheckedError(
            f"{quoted(path)} is a zip archive that cannot be read ({type(error).__name__})",
            "save it again",
        ) from error
    if any(name.endswith(".npy") for name in names):
        return ClipKind.NPZ
    raise NothingCheckedError(
        f"{quoted(path)} is a zip archive of {len(names)} files, expected a clip", "unpack it"
    )


def _refuse_text(path: Path, first: bytes) -> None:
    """Raise for text: lists that name other files, subtitles, pages; nothing they name is read."""
    text = first.decode("utf-8-sig", "replace").lstrip()
    for begin, name in (*LISTS, *SUBTITLES):
        if text.startswith((begin, begin.lower())):
            raise _no_text(path, name, lists=name != "subtitles")
    if text.startswith("<"):
        name = next((name for mark, name in MARKUP if mark.lower() in text.lower()), "a text")
        raise _no_text(path, name, lists=True)


def _no_text(path: Path, name: str, *, lists: bool) -> NothingCheckedError:
    if lists:
        said = f"{quoted(path)} is {name}, which names other files; these are never followed"
    else:
        said = f"{quoted(path)} is {name}, expected a clip"
    return NothingCheckedError(said, "name the video file itself")
