"""Clips that pillow reads: gif, webp, png and folders of pictures."""

import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from compat.core.errors import NothingCheckedError
from compat.core.model import Finding, Place, Severity
from compat.formats.wording import quoted
from compat.frames.clip import Clip, ClipInfo, size_on_disk
from compat.frames.limits import MAX_FRAMES, MAX_PIXELS, MAX_SIDE, Budget
from compat.frames.ranges import frame_ranges
from compat.frames.scales import Frame
from compat.frames.sound_skeleton import sound_skeleton

SUFFIXES = frozenset({".gif", ".webp", ".png", ".apng", ".jpg", ".jpeg", ".bmp"})
# Readers that only look at the picture itself; others of pillow start programs (EPS).
FORMATS = ("GIF", "PNG", "WEBP", "JPEG", "BMP")
# One picture each, whatever further views of it a camera put behind (MPO).
STILL = frozenset({"JPEG", "MPO", "BMP"})
DEEP_GREY = frozenset({"I;16", "I;16B", "I;16L", "I"})
_DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    MemoryError, NotImplementedError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip


def open_pictures(path: Path) -> Clip:
    """Open an animated gif, webp or png (or one still picture, a clip of one frame)."""
    skeleton = sound_skeleton(path)
    with _opened(path) as image:
        width, height = image.size
        codec = (image.format or "picture").lower()
        try:
            with _quiet():
                frames = len(_numbers(image))
        except _DAMAGE:
            frames = None
        milliseconds = image.info.get("duration", 0)
    info = ClipInfo(
        path=str(path),
        width=width,
        height=height,
        codec=codec,
        fps=1000 / milliseconds if milliseconds else None,
        declared_frames=frames,
        file_bytes=size_on_disk(path),
        container=codec,
        skeleton=skeleton,
    )
    return Clip(info, lambda clip: _animation(path, clip))


def open_folder(path: Path) -> Clip:
    """Open a folder of numbered pictures as a clip, in the order of their names."""
    try:
        files = picture_files(path)
    except OSError as error:
        raise NothingCheckedError(
            f"{quoted(path)} cannot be read: {(error.strerror or str(error)).lower()}",
            "check who may read it",
        ) from error
    if not files:
        raise NothingCheckedError(
            f"{quoted(path)} holds no pictures, expected png or jpg frames",
            "name a folder of frames, or the clips in it one by one",
        )
    with _opened(files[0]) as image:
        width, height = image.size
    info = ClipInfo(
        path=str(path),
        width=width,
        height=height,
        codec=f"{files[0].suffix[1:].lower()} folder",
        declared_frames=len(files),
        file_bytes=size_on_disk(path),
        container="folder",
    )
    return Clip(info, lambda clip: _stills(files, clip))


def picture_files(folder: Path) -> list[Path]:
    """Return the pictures in a folder in the order of their numbers; may raise ``OSError``."""
    return sorted(filter(_is_picture, folder.iterdir()), key=natural)


def _is_picture(path: Path) -> bool:
    # Not the files macOS puts beside each (._frame.png), and nothing that reading would wait for.
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def natural(path: Path) -> list[tuple[int, int, str]]:
    """Return a key by which frame_2 stands before frame_10, and a_10 before b_1."""
    parts = re.split(r"(\d+)", path.name)
    # No number in a name is longer than any counter; int() of a thousand digits is slow.
    return [(1, int(p[:18]), p) if p.isdecimal() else (0, 0, p) for p in parts]


@contextmanager
def _quiet() -> Iterator[None]:
    # pillow warns of large and of odd pictures; ours are the limits and the findings.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with _quiet():
            image = Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise NothingCheckedError(
            f"{quoted(path)} claims far more pixels than the most that is read, 8192x4608",
            "check where the file comes from",
        ) from error
    except (UnidentifiedImageError, *_DAMAGE) as error:
        raise NothingCheckedError(
            f"{quoted(path)} cannot be read as a picture: {type(error).__name__}",
            "render or download it again",
        ) from error
    with image:
        if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
            raise NothingCheckedError(
                f"{quoted(path)} claims {image.width}x{image.height} pixels, expected at most "
                "8192x4608",
                "check where the file comes from",
            )
        yield image


def _numbers(image: Any) -> range:
    """Return which of the pictures in the file are frames of the clip."""
    if image.format in STILL:
        return range(1)
    # An animated png may carry one more picture, for readers that know no animation.
    first = 1 if image.info.get("default_image") else 0
    return range(first, min(getattr(image, "n_frames", 1), MAX_FRAMES + 1))


def _animation(path: Path, clip: Clip) -> Iterator[Frame]:
    passage, budget, shown = clip.passage, Budget(clip.info.file_bytes), 0.0
    try:
        with _opened(path) as image:
            with _quiet():
                numbers = _numbers(image)
            for number in numbers:
                with _quiet():
                    image.seek(number)
                    frame = _rgb(image, clip)
                length = float(image.info.get("duration", 0) or 0) / 1000
                passage.times.append(shown if length or shown else None)
                passage.lengths.append(length)
                shown += length
                passage.stopped = budget.spent(frame.shape[0] * frame.shape[1])
                yield frame
                if passage.stopped:
                    return
    except _DAMAGE as error:
        clip.findings.append(_breaks_off(path, len(passage.times), error))


def _stills(files: list[Path], clip: Clip) -> Iterator[Frame]:
    budget = Budget(clip.info.file_bytes)
    bad: dict[int, Exception] = {}
    for number, path in enumerate(files):
        try:
            with _opened(path) as image, _quiet():
                frame = _rgb(image, clip)
        except (NothingCheckedError, *_DAMAGE) as error:
            bad[number] = error
            continue
        clip.passage.times.append(None)
        clip.passage.stopped = budget.spent(frame.shape[0] * frame.shape[1])
        yield frame
        if clip.passage.stopped:
            break
    if bad:
        clip.findings.append(_unreadable_pictures(files, bad, clip.info.path))


def _rgb(picture: Image.Image, clip: Clip) -> Frame:
    # Alpha is laid over black, as players do; 16-bit greys are scaled, not cut off.
    if picture.mode in DEEP_GREY:
        grey = (np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        alpha = np.asarray(rgba.getchannel("A"))
        clip.passage.see_through += bool((alpha < 255).any())
        black = Image.new("RGBA", rgba.size, (0, 0, 0, 255))
        return np.asarray(Image.alpha_composite(black, rgba).convert("RGB"))
    return np.asarray(picture.convert("RGB"))


def _unreadable_pictures(files: list[Path], bad: dict[int, Exception], folder: str) -> Finding:
    first = min(bad)
    where = frame_ranges(sorted(bad))
    return Finding(
        rule="clip-damaged",
        severity=Severity.HIGH,
        message=f"{where}: {len(bad)} of {len(files)} pictures cannot be read (first "
        f"{quoted(files[first].name)}: {type(bad[first]).__name__}), expected whole files",
        place=Place(kind="file", path=folder, detail=where),
        remedy="write these frames again",
        evidence={"stage": "encode", "pictures": len(bad)},
    )


def _breaks_off(path: Path, frames: int, error: Exception) -> Finding:
    return Finding(
        rule="clip-damaged",
        severity=Severity.HIGH,
        message=f"decoding ended after {frames} frames ({type(error).__name__}), "
        "expected a whole file",
        place=Place(kind="file", path=str(path), detail=f"frame {frames}"),
        remedy="the file is cut or damaged: encode or download it again",
        evidence={"stage": "encode"},
    )
