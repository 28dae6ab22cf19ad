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
    luma: Floats = frame.astype(np.float32) @ LUMA
    if min(luma.shape) < 4:
        return Scales(luma, luma, luma, frame.astype(np.float32))
    small = _averaged_by_four(frame)
    spreads = small.reshape(-1, 4).std(axis=0)
    if spreads[3] >= EQUALLY_BRIGHT * spreads.max():
        return Scales(luma, luma, small[..., 3], small[..., :3])
    busiest = int(spreads.argmax())
    detail = frame[..., busiest].astype(np.float32)
    return Scales(luma, detail, small[..., busiest], small[..., :3])


def _averaged_by_four(frame: Frame) -> Floats:
    # Rows are summed first because they are contiguous; one small matrix product then averages
    # the columns and makes luma at the same time, several times faster than a reshape and mean.
    height, width = frame.shape[0] // 4 * 4, frame.shape[1] // 4 * 4
    cut = frame[:height, :width]
    rows = cut[0::4].astype(np.uint16)
    for offset in (1, 2, 3):
        rows += cut[offset::4]
    groups = rows.reshape(-1, 12).astype(np.float32)
    return (groups @ _COLUMN_AVERAGE).reshape(height // 4, width // 4, 4)


def _column_average() -> Floats:
    channels = np.hstack([np.eye(3, dtype=np.float32), LUMA[:, None]])
    return (np.tile(channels, (4, 1)) / 16).astype(np.float32)


_COLUMN_AVERAGE = _column_average()


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
