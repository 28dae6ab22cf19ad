"""Clips that pillow reads: gif, webp, png and folders of pictures."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence, UnidentifiedImageError

from compat.core.errors import NothingCheckedError
from compat.core.model import Finding, Place, Severity
from compat.frames.clip import Clip, ClipInfo, size_on_disk
from compat.frames.scales import Frame

PICTURES = frozenset({".gif", ".webp", ".png", ".apng", ".jpg", ".jpeg", ".bmp"})
# 8K by 8K: no video model renders more, and a hostile header may claim 2^31 squared.
MAX_PIXELS = 8192 * 8192
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, Image.DecompressionBombError)


def open_pictures(path: Path) -> Clip:
    """Open an animated gif, webp or png (or one still picture, a clip of one frame)."""
    with _opened(path) as image:
        width, height = image.size
        frames = getattr(image, "n_frames", 1)
        milliseconds = image.info.get("duration", 0)
        codec = (image.format or "picture").lower()
    info = ClipInfo(
        path=str(path),
        width=width,
        height=height,
        codec=codec,
        fps=1000 / milliseconds if milliseconds else None,
        declared_frames=frames,
        file_bytes=size_on_disk(path),
    )
    return Clip(info, lambda findings: _animation(path, findings))


def open_folder(path: Path) -> Clip:
    """Open a folder of numbered pictures as a clip, in the order of their names."""
    files = sorted(
        (child for child in path.iterdir() if child.suffix.lower() in PICTURES), key=_natural
    )
    if not files:
        raise NothingCheckedError(
            f"{path} holds no pictures, expected png or jpg frames", "name a folder of frames"
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
    )
    return Clip(info, lambda findings: _stills(files, findings))


def _natural(path: Path) -> tuple[list[int], str]:
    # frame_2 stands before frame_10.
    digits = "".join(letter if letter.isdigit() else " " for letter in path.stem).split()
    return [int(part) for part in digits], path.name


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            # Our own limit below replaces pillow's warning.
            warnings.simplefilter("ignore")
            image = Image.open(path)
    except (UnidentifiedImageError, *_DAMAGE) as error:
        raise NothingCheckedError(
            f"{path} cannot be read as a picture: {type(error).__name__}",
            "render or download it again",
        ) from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise NothingCheckedError(
                f"{path} claims {image.width}x{image.height} pixels, more than 8192x8192",
                "check where the file comes from",
            )
        yield image


def _animation(path: Path, findings: list[Finding]) -> Iterator[Frame]:
    number = 0
    try:
        with _opened(path) as image:
            for picture in ImageSequence.Iterator(image):
                yield _rgb(picture)
                number += 1
    except _DAMAGE as error:
        findings.append(breaks_off(path, number, error))


def _stills(files: list[Path], findings: list[Finding]) -> Iterator[Frame]:
    for number, path in enumerate(files):
        try:
            with _opened(path) as image:
                frame = _rgb(image)
        except (NothingCheckedError, *_DAMAGE) as error:
            findings.append(breaks_off(path, number, error))
            return
        yield frame


def _rgb(picture: Image.Image) -> Frame:
    # Alpha is laid over black, as players do; 16-bit greys are scaled, not cut off.
    if picture.mode in {"I;16", "I;16B", "I"}:
        grey = (np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        black = Image.new("RGBA", rgba.size, (0, 0, 0, 255))
        return np.asarray(Image.alpha_composite(black, rgba).convert("RGB"))
    return np.asarray(picture.convert("RGB"))


def breaks_off(path: Path, frames: int, error: Exception) -> Finding:
    """Return the finding for a file whose decoding ended early after ``frames`` frames."""
    return Finding(
        rule="clip-damaged",
        severity=Severity.HIGH,
        message=f"decoding ended after {frames} frames ({type(error).__name__}), "
        "expected a whole file",
        place=Place(kind="file", path=str(path), detail=f"frame {frames}"),
        remedy="the file is cut or damaged: encode or download it again",
        evidence={"stage": "encode"},
    )
