"""Clips held as arrays: npy, npz and safetensors, read without unpickling anything."""

import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from compat.core.errors import NothingCheckedError
from compat.formats.model import TensorInfo
from compat.formats.safetensors_file import read_safetensors
from compat.formats.wording import quoted
from compat.frames.arrays import Stack, Summary, findings_of, stacked, to_uint8
from compat.frames.clip import Clip, ClipInfo, size_on_disk
from compat.frames.layouts import layout_of
from compat.frames.limits import MAX_PIXELS, Budget
from compat.frames.scales import Frame
from compat.frames.values import range_of

DAMAGE = (
    ValueError, OSError, EOFError, SyntaxError, OverflowError, MemoryError, KeyError, TypeError,
    RuntimeError, struct.error, zlib.error, zipfile.BadZipFile, tokenize.TokenError,
)  # fmt: skip
"""What numpy and zipfile raise for damaged and hostile files; RuntimeError for encrypted ones."""
READABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
NAMES = ("frames", "video", "videos", "images", "image", "pixels", "samples", "arr_0")
"""What people call frames in a file of several arrays; ``arr_0`` is numpy's own name."""
MOST_UNPACKED = 4 << 30
"""Bytes: an npz is unpacked into memory whole, and a hostile one grows a thousandfold."""
WORDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<V2", "U8": "u1", "U16": "<u2",
         "I16": "<i2", "I32": "<i4", "I64": "<i8", "BOOL": "?"}  # fmt: skip
"""What safetensors calls the types that frames are saved in, and numpy's word for each."""


def clip_of(values: Any, *, name: str = "clip", kind: str = "array", size: int = 0) -> Clip:
    """See an array or tensor in memory as a clip; NothingCheckedError where it is none."""
    try:
        stack = stacked(values)
    except ValueError as error:
        raise NothingCheckedError(
            f"{quoted(name)} holds no frames: {error}", "save uint8 frames, channels last"
        ) from error
    frames, height, width = stack.values.shape[:3]
    if height * width > MAX_PIXELS:
        raise NothingCheckedError(
            f"{quoted(name)} holds frames of {width}x{height} pixels, expected at most 8192x4608",
            "judge a part of the picture",
        )
    info = ClipInfo(
        path=name,
        width=width,
        height=height,
        codec=f"{kind} {stack.values.dtype} {stack.layout}",
        declared_frames=frames,
        file_bytes=size,
        container=kind,
    )
    return Clip(info, lambda clip: _frames(stack, clip))


def open_array(path: Path) -> Clip:
    """Open a .npy file; it is mapped and not loaded, and pickled objects in it are refused."""
    try:
        with warnings.catch_warnings():
            # numpy tells of headers written by Python 2; they are read all the same.
            warnings.simplefilter("ignore")
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except DAMAGE as error:
        raise _unreadable(path, "a .npy array", error) from error
    return clip_of(array, name=str(path), kind="npy", size=size_on_disk(path))


def open_arrays(path: Path) -> Clip:
    """Open the one array of a .npz file that holds frames."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [i for i in archive.infolist() if i.compress_type in READABLE]
        sizes = {member.filename: member.file_size for member in members}
        name = _choose(path, _headers(path, sizes))
        if sizes[f"{name}.npy"] > MOST_UNPACKED:
            raise NothingCheckedError(
                f"{quoted(path)} unpacks to {sizes[f'{name}.npy'] >> 30} GiB, expected at most 4",
                "save it with numpy.save, which is read in pieces",
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with np.load(path, allow_pickle=False) as arrays:
                array = arrays[name]
    except DAMAGE as error:
        raise _unreadable(path, "a .npz archive", error) from error
    return clip_of(array, name=str(path), kind="npz", size=size_on_disk(path))


def _headers(path: Path, sizes: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Return the shape of every array of the archive, read from its head alone."""
    shapes: dict[str, tuple[int, ...]] = {}
    with zipfile.ZipFile(path) as archive:
        for member in sizes:
            if not member.endswith(".npy"):
                continue
            with archive.open(member) as handle:
                version = np.lib.format.read_magic(handle)
                known = {(1, 0): np.lib.format.read_array_header_1_0}
                read = known.get(version, np.lib.format.read_array_header_2_0)
                shapes[member.removesuffix(".npy")] = read(handle)[0]
    return shapes


def open_tensors(path: Path) -> Clip:
    """Open the one tensor of a safetensors file that holds frames; it is mapped and not loaded."""
    try:
        reading = read_safetensors(path)
    except OSError as error:
        raise _unreadable(path, "a safetensors file", error) from error
    worst = next((f for f in reading.findings if f.severity.rank >= 3), None)
    if reading.header is None or worst is not None:
        said = worst.message if worst is not None else "its header cannot be read"
        raise NothingCheckedError(
            f"{quoted(path)} is damaged: {said}", "save it again, or ask framegate verify"
        )
    tensors = reading.header.tensors
    name = _choose(path, {name: info.shape for name, info in tensors.items()})
    array = _mapped(path, tensors[name])
    return clip_of(array, name=str(path), kind="safetensors", size=size_on_disk(path))


def _mapped(path: Path, tensor: TensorInfo) -> np.ndarray[Any, Any]:
    word = WORDS.get(tensor.dtype)
    if word is None:
        raise NothingCheckedError(
            f"{quoted(path)} holds {tensor.dtype} values, expected one of {', '.join(WORDS)}",
            "save the frames as uint8",
        )
    return np.memmap(path, np.dtype(word), "r", tensor.start, tensor.shape)


def _choose(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Return the name of the only array that can be frames, or of the one named like frames."""
    fitting = [name for name, shape in shapes.items() if _fits(shape)]
    named = [name for name in NAMES if name in fitting]
    if len(fitting) == 1 or named:
        return (named or fitting)[0]
    shown = ", ".join(quoted(name) for name in (fitting or list(shapes))[:3])
    found = f"{len(fitting)} that may be frames" if fitting else "none that can be frames"
    raise NothingCheckedError(
        f"{quoted(path)} holds {len(shapes)} arrays ({shown}), {found}, expected one",
        "save the frames alone, or call them frames",
    )


def _fits(shape: tuple[int, ...]) -> bool:
    try:
        layout_of(shape)
    except ValueError:
        return False
    return len(shape) >= 3


def _unreadable(path: Path, what: str, error: Exception) -> NothingCheckedError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "allow_pickle" in reason or "Object arrays" in reason:
        reason = "it holds Python objects, which may run code when they are loaded"
    return NothingCheckedError(
        f"{quoted(path)} cannot be read as {what}: {reason}", "save it with numpy.save"
    )


def _frames(stack: Stack, clip: Clip) -> Iterator[Frame]:
    span = range_of(stack.values)
    summary, budget = Summary(), Budget(stack.values.nbytes)
    for number, picture in enumerate(stack.values):
        frame = to_uint8(np.asarray(picture), span=span, summary=summary, number=number)
        clip.passage.times.append(None)
        clip.passage.stopped = budget.spent(frame.shape[0] * frame.shape[1])
        yield frame
        if clip.passage.stopped:
            break
    clip.findings.extend(findings_of(summary, clip.info.path, span))
