"""Brightness, contrast and how many of the possible values a frame uses."""

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats, Frame, Scales
from compat.frames.spatial.limits import NAN


def level_measures(frame: Frame, scales: Scales) -> dict[str, float]:
    """Return brightness, spreads, entropy in bits, colours in a sample, and clipped values."""
    grey = np.bincount(scales.luma[::2, ::2].ravel(), minlength=256)
    share = grey[grey > 0] / grey.sum()
    values = np.arange(256)
    mean = float((grey * values).sum() / grey.sum())
    step = 16 if min(frame.shape[:2]) >= 256 else 2
    sample = np.ascontiguousarray(frame[::step, ::step])
    return {
        "luma_mean": mean,
        "luma_std": float(np.sqrt((grey * np.square(values - mean)).sum() / grey.sum())),
        "channel_std": channel_std(scales.colour),
        "entropy": float(-(share * np.log2(share)).sum()),
        "colours": float(_colours(sample)),
        "clipped_share": float(((sample < 3) | (sample > 252)).mean()),
        "comb": comb(grey),
        "top_levels": float(np.sort(grey)[-8:].sum() / grey.sum()),
    }


def channel_std(colour: Floats) -> float:
    """Return the spread of the channel [3, h, w] that varies most; NaN below 16 squares."""
    if colour[0].size < 16:
        return NAN
    return max(float(plane.std()) for plane in colour)


def _colours(sample: Frame) -> int:
    wide = sample.astype(np.int32)
    packed = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    return int(np.unique(packed).size)


def comb(counts: NDArray[np.integer]) -> float:
    """Return the share of grey levels that are missing between the levels that occur, 0 to 1.

    Posterised, stretched and wrapped values leave gaps in the histogram; a picture does not.
    """
    used = np.flatnonzero(counts > 0.0002 * counts.sum())
    return float(1 - used.size / (used[-1] - used[0] + 1)) if used.size > 1 else 0.0
