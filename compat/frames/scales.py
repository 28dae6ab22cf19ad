"""One frame at the scales the measures read: full-size luma, and colour averaged by four."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Frame = NDArray[np.uint8]

# BT.601 weights: what gif, webp, pillow and most generators mean by grey.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

# Luma that varies less than this part of the strongest channel hides what is in the picture.
EQUALLY_BRIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Scales:
    """The channel with the detail at full and quarter size, luma and colour; all 0 to 255.

    ``detail`` [H, W] and ``quarter`` [H/4, W/4] are luma, or for pictures whose colours are about
    equally bright (red on blue) the channel that varies most; ``colour`` is [3, H/4, W/4].
    """

    luma: NDArray[np.uint8]
    detail: Floats
    quarter: Floats
    colour: Floats


def scales_of(frame: Frame) -> Scales:
    """Return the scales of one RGB frame [H, W, 3]; sides below 4 px keep their size.

    pillow converts: the same sums in numpy take three times as long on interleaved
    bytes.
    """
    luma = np.asarray(Image.fromarray(frame).convert("L"))
    small = min(luma.shape) < 4
    colour = frame.transpose(2, 0, 1).astype(np.float32) if small else averaged_by_four(frame)
    quarter = luma_of(colour)
    spreads = [float(part.std()) for part in (*colour, quarter)]
    if spreads[3] >= EQUALLY_BRIGHT * max(spreads):
        return Scales(luma, luma.astype(np.float32), quarter, colour)
    busiest = spreads.index(max(spreads))
    detail = frame[..., busiest].astype(np.float32)
    return Scales(luma, detail, colour[busiest], colour)


def luma_of(colour: Floats) -> Floats:
    """Return the luma [h, w] of colour planes [3, h, w] as floats from 0 to 255.

    Channel by channel and not as a matrix product: BLAS would start a thread on every core for
    this, which is fifteen times slower while a render keeps those cores busy.
    """
    luma: Floats = colour[0] * LUMA[0]
    for channel in (1, 2):
        luma += colour[channel] * LUMA[channel]
    return luma


def averaged_by_four(frame: Frame) -> Floats:
    """Return the colour planes [3, H/4, W/4] of a frame [H, W, 3], averaged over 4x4 squares."""
    # Rows are summed first because they are contiguous; 16 values of 255 fit 16 bits.
    height, width = frame.shape[0] // 4 * 4, frame.shape[1] // 4 * 4
    cut = frame[:height, :width]
    rows = np.add(cut[0::4], cut[1::4], dtype=np.uint16)
    rows += cut[2::4]
    rows += cut[3::4]
    groups = rows.reshape(height // 4, width // 4, 12)
    planes = np.empty((3, height // 4, width // 4), np.float32)
    for channel in range(3):
        pairs = groups[..., channel] + groups[..., channel + 3]
        pairs += groups[..., channel + 6]
        pairs += groups[..., channel + 9]
        np.multiply(pairs, np.float32(1 / 16), out=planes[channel])
    return planes


def averaged(picture: Floats, factor: int) -> Floats:
    """Return ``picture`` [h, w] averaged over ``factor`` x ``factor`` squares, rest cut off."""
    height, width = (side // factor * factor for side in picture.shape)
    cut = picture[:height, :width]
    rows = cut[0::factor] + cut[1::factor]
    for offset in range(2, factor):
        rows += cut[offset::factor]
    squares: Floats = rows.reshape(height // factor, width // factor, factor).sum(axis=2)
    return squares * np.float32(1 / (factor * factor))


def halved(picture: Floats) -> Floats:
    """Return ``picture`` [h, w] averaged over 2x2 squares, an odd last row or column cut off."""
    height, width = (side // 2 * 2 for side in picture.shape)
    rows = picture[0:height:2, :width] + picture[1:height:2, :width]
    squares: Floats = (rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25)
    return squares


def thumbnail(colour: Floats, side: int = 16) -> NDArray[np.float16]:
    """Return planes [3, h, w] averaged to at most [3, ``side``, ``side``], small enough to keep."""
    _, height, width = colour.shape
    rows = np.linspace(0, height, min(side, height), endpoint=False).astype(int)
    columns = np.linspace(0, width, min(side, width), endpoint=False).astype(int)
    tall = np.add.reduceat(colour, rows, axis=1)
    sums = np.add.reduceat(tall, columns, axis=2)
    counts = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))
    small: NDArray[np.float16] = (sums / counts).astype(np.float16)
    return small
