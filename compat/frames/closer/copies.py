"""Whether the picture stands in itself a second time, somewhere else."""

import numpy as np

from compat.frames.closer.texture import boxed
from compat.frames.scales import Floats, averaged
from compat.frames.spatial.limits import NAN

NAMES = ("copies", "copies_down", "copies_sideways")
# Squares on the longer side after averaging: copies are as large as a fraction of the frame.
LONGEST = 96
# Displacements below an eighth of a side are texture; overlaps below this share are chance.
NEAR, OVERLAP = 8, 0.3


def copy_measures(grey: Floats) -> dict[str, float]:
    """Return the highest likeness of the edges of a picture [h, w] to themselves displaced.

    Latents read with other sides than they were written with show the picture several times.
    Anywhere, straight down and straight sideways; 0 to 1, NaN where there are too few edges.
    """
    factor = max(1, -(-max(grey.shape) // LONGEST))
    small = averaged(grey, factor) if factor > 1 else grey
    edges = np.abs(small[1:, 1:] - small[1:, :-1]) + np.abs(small[1:, 1:] - small[:-1, 1:])
    if min(edges.shape) < 16 or edges.std() < 1:
        return dict.fromkeys(NAMES, NAN)
    likeness, place_y, place_x = _likeness(edges - boxed(edges))
    far = (place_y >= max(3, small.shape[0] // NEAR)) | (place_x >= max(3, small.shape[1] // NEAR))
    likeness = np.where(far, likeness, -1)
    return {
        "copies": float(likeness.max()),
        "copies_down": float(likeness[np.broadcast_to(place_x <= 1, likeness.shape)].max()),
        "copies_sideways": float(likeness[np.broadcast_to(place_y <= 1, likeness.shape)].max()),
    }


def _likeness(detail: Floats) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return correlation for each displacement down (0..) and sideways (both ways), and those.

    Over the part where picture and displaced picture overlap; -1 where that is too small.
    """
    height, width = detail.shape
    size = (2 * height, 2 * width)
    shown = np.fft.rfft2(detail, size)
    energy = np.fft.rfft2(np.square(detail), size)
    inside = np.fft.rfft2(np.ones_like(detail), size)
    products = np.fft.irfft2(np.abs(shown) ** 2, size)[:height]
    one = np.fft.irfft2(np.conj(energy) * inside, size)[:height]
    other = np.fft.irfft2(np.conj(inside) * energy, size)[:height]
    least = 0.02 * float(np.square(detail).sum())
    down = np.arange(height)[:, None]
    sideways = np.minimum(np.arange(2 * width), np.arange(2 * width)[::-1] + 1)[None]
    overlap = (height - down) * (width - sideways) / (height * width)
    likeness = products / np.sqrt(np.maximum(one, least) * np.maximum(other, least))
    return np.where(overlap > OVERLAP, likeness, -1), down, sideways
