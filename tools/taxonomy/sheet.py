"""The picture of a kind: the right clip beside the wrong one, small enough for a page."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.judge_training.pictures import Clip

CELL, ROW_CELL = (120, 80), (80, 53)
"""Width and height of a frame: alone, and in a row of frames in their order."""
ALONE, ROW = 3, 6
GAP, BAR = 4, 3
GREEN, RED, BLUE = (40, 150, 80), (205, 50, 45), (50, 100, 200)
MOST_BYTES, BEST, WORST = 8_500, 75, 15


def sheet(right: Clip, wrong: Clip | None, *, in_time: bool, good: bool) -> Image.Image:
    """Lay out a right frame and three wrong ones, or two rows in their order.

    A bar below each frame says which: green the right clip, red the wrong one, blue a clip that
    only looks wrong. ``wrong`` None is a file without a frame.
    """
    colour = BLUE if good else RED
    if in_time:
        rows = [_row(right, ROW, ROW_CELL, GREEN), _row(wrong, ROW, ROW_CELL, colour)]
        return Image.fromarray(np.concatenate(rows, axis=0))
    parts = [_row(right[len(right) // 2 :][:1], 1, CELL, GREEN), _row(wrong, ALONE, CELL, colour)]
    return Image.fromarray(np.concatenate(parts, axis=1))


def _row(
    clip: Clip | None, count: int, size: tuple[int, int], colour: tuple[int, int, int]
) -> NDArray[np.uint8]:
    parts = []
    for number in range(count):
        place = round(number * (len(clip) - 1) / max(1, count - 1)) if clip is not None else 0
        cell = np.full((size[1] + BAR + GAP, size[0] + GAP, 3), 255, np.uint8)
        cell[: size[1], : size[0]] = _fitted(None if clip is None else clip[place], size)
        cell[size[1] : size[1] + BAR, : size[0]] = colour
        parts.append(cell)
    return np.concatenate(parts, axis=1)


def _fitted(frame: NDArray[np.uint8] | None, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Shrink a frame into a cell; what is left over stays light grey, no frame is a cross."""
    cell = np.full((size[1], size[0], 3), 222, np.uint8)
    if frame is None:
        y, x = np.mgrid[0 : size[1], 0 : size[0]]
        slope = x * (size[1] - 1) / (size[0] - 1)
        cell[(abs(y - slope) < 1.5) | (abs(size[1] - 1 - y - slope) < 1.5)] = (150, 150, 150)
        return cell
    height, width = frame.shape[:2]
    scale = min(size[0] / width, size[1] / height, 1.0)
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    picture = np.asarray(Image.fromarray(frame).resize(small, Image.Resampling.LANCZOS))
    top, left = (size[1] - small[1]) // 2, (size[0] - small[0]) // 2
    cell[top : top + small[1], left : left + small[0]] = picture
    return cell


def packed(picture: Image.Image) -> bytes:
    """Return the picture as WebP of at most ``MOST_BYTES``, as good as that allows."""
    for quality in range(BEST, WORST - 1, -5):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue()
