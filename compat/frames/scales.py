"""One frame at the scales the measures read: full-size luma, and colour averaged by four."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Frame = NDArray[np.uint8]

# BT.601 weights: what gif, webp and most generators mean by grey.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

# Luma that varies less than this part of the strongest channel hides what is in the picture.
EQUALLY_BRIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Scales:
    """The channel with the detail at full and quarter size, luma and colour; all 0 to 255.

    ``detail`` [H, W] and ``quarter`` [H/4, W/4] are luma, or for pictures whose colours are about
    equally bright (red on blue) the channel that varies most; ``colour`` is [H/4, W/4, 3].
    """

    luma: Floats
    detail: Floats
    quarter: Floats
    colour: Floats


def scales_of(frame: Frame) -> Scales:
    """Return the scales of one RGB frame [H, W, 3]; sides below 4 px keep their size."""
    luma = luma_of(frame)
    if min(luma.shape) < 4:
        return Scales(luma, luma, luma, frame.astype(np.float32))
    colour = _averaged_by_four(frame)
    quarter = luma_of(colour)
    spreads = [float(part.std()) for part in (*np.moveaxis(colour, -1, 0), quarter)]
    if spreads[3] >= EQUALLY_BRIGHT * max(spreads):
        return Scales(luma, luma, quarter, colour)
    busiest = spreads.index(max(spreads))
    detail = frame[..., busiest].astype(np.float32)
    return Scales(luma, detail, np.ascontiguousarray(colour[..., busiest]), colour)


def luma_of(picture: Frame | Floats) -> Floats:
    """Return the luma [H, W] of an RGB picture [H, W, 3] as floats from 0 to 255.

    Channel by channel and not as a matrix product: BLAS would start a thread on every core for
    this, which is fifteen times slower while a render keeps those cores busy.
    """
    luma: Floats = picture[..., 0] * LUMA[0]
    for channel in (1, 2):
        luma += picture[..., channel] * LUMA[channel]
    return luma


def _averaged_by_four(frame: Frame) -> Floats:
    # Rows are summed first because they are contiguous; 16 values of 255 fit 16 bits.
    height, width = frame.shape[0] // 4 * 4, frame.shape[1] // 4 * 4
    cut = frame[:height, :width]
    rows = cut[0::4].astype(np.uint16)
    for offset in (1, 2, 3):
        rows += cut[offset::4]
    groups = rows.reshape(height // 4, width // 4, 12)
    averaged_colour = np.empty((height // 4, width // 4, 3), np.float32)
    for channel in range(3):
        averaged_colour[..., channel] = sum(groups[..., channel + 3 * step] for step in range(4))
    averaged_colour /= 16
    return averaged_colour


def averaged(picture: Floats, factor: int) -> Floats:
    """Return ``picture`` [h, w] averaged over ``factor`` x ``factor`` squares, rest cut off."""
    height, width = (side // factor * factor for side in picture.shape)
    rows = picture[:height, :width].reshape(height // factor, factor, width).sum(axis=1)
    squares: Floats = rows.reshape(height // factor, width // factor, factor).sum(axis=2)
    return squares / np.float32(factor * factor)


def thumbnail(colour: Floats, side: int = 16) -> NDArray[np.float16]:
    """Return ``colour`` averaged to at most ``side`` x ``side`` x 3, small enough to keep."""
    rows = np.array_split(np.arange(colour.shape[0]), min(side, colour.shape[0]))
    columns = np.array_split(np.arange(colour.shape[1]), min(side, colour.shape[1]))
    tall = np.add.reduceat(colour, [part[0] for part in rows], axis=0)
    sums = np.add.reduceat(tall, [part[0] for part in columns], axis=1)
    counts = np.outer([len(part) for part in rows], [len(part) for part in columns])
    small: NDArray[np.float16] = (sums / counts[..., None]).astype(np.float16)
    return small
