"""Brightness, contrast and how many of the possible values a frame uses."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compat.frames.scales import Frame, Scales
from compat.frames.spatial.limits import NAN


def level_measures(frame: Frame, scales: Scales) -> dict[str, float]:
    """Return brightness, spreads, entropy in bits, colours in a sample, and clipped values."""
    # pillow counts bytes twice as fast as numpy, which turns them into 64-bit places first.
    grey = np.array(Image.fromarray(scales.luma[::2, ::2]).histogram())
    total = int(grey.sum())
    share = grey[grey > 0] / total
    values = np.arange(256)
    mean = float((grey * values).sum() / total)
    step = 16 if min(frame.shape[:2]) >= 256 else 2
    sample = np.ascontiguousarray(frame[::step, ::step])
    return {
        "luma_mean": mean,
        "luma_std": float(np.sqrt((grey * np.square(values - mean)).sum() / total)),
        "channel_std": channel_std(scales),
        "entropy": float(-(share * np.log2(share)).sum()),
        "colours": float(_colours(sample)),
        "clipped_share": float(((sample < 3) | (sample > 252)).mean()),
        "comb": comb(grey),
        "top_levels": float(np.sort(grey)[-8:].sum() / total),
    }


def channel_std(scales: Scales) -> float:
    """Return the spread of the colour plane that varies most; NaN below 16 squares."""
    return NAN if scales.grey.size < 16 else max(scales.spreads[:3])


def _colours(sample: Frame) -> int:
    wide = sample.astype(np.int32)
    packed = np.sort((wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]).ravel())
    return int(np.count_nonzero(packed[1:] != packed[:-1])) + 1


def comb(counts: NDArray[np.integer]) -> float:
    """Return the share of grey levels that are missing between the levels that occur, 0 to 1.

    Posterised, stretched and wrapped values leave gaps in the histogram; a picture does not.
    """
    used = np.flatnonzero(counts > 0.0002 * counts.sum())
    return float(1 - used.size / (used[-1] - used[0] + 1)) if used.size > 1 else 0.0
