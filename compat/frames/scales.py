"""One frame at the scales the measures read, each computed once and only when it is asked for."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compat.frames.full_size import Bytes, FullSize, full_size
from compat.frames.sums import Floats, spread

__all__ = ["Bytes", "Floats", "Frame", "Scales", "averaged", "averaged_by_four", "halved",
           "luma_of", "scales_of", "thumbnail"]  # fmt: skip

Frame = NDArray[np.uint8]
Places = NDArray[np.int_]

# BT.601 weights: what gif, webp, pillow and most generators mean by grey.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

# Luma that varies less than this part of the strongest channel hides what is in the picture.
EQUALLY_BRIGHT = 0.25
# Side of a thumbnail: 1.5 KiB each, and still telling two frames of a slow pan apart.
SIDE = 16


@dataclass(frozen=True)
class Scales:
    """An RGB frame [H, W, 3] with its colour averaged by four [3, H/4, W/4], all 0 to 255.

    ``grey`` is the luma of ``colour``; ``spreads`` are the standard deviations of its three planes
    and of ``grey``. Everything else follows from these and is kept for the next measure that wants
    it. ``sharp`` [H, W] and ``quarter`` [H/4, W/4] show the detail: luma, or for pictures whose
    colours are about equally bright (red on blue) the channel that varies most.
    """

    frame: Frame
    colour: Floats
    grey: Floats
    spreads: tuple[float, ...]

    @cached_property
    def luma(self) -> Bytes:
        """Return the luma [H, W].

        pillow converts: the same sums in numpy take three times as long on interleaved bytes.
        """
        return np.asarray(Image.fromarray(self.frame).convert("L"))

    @cached_property
    def busiest(self) -> int | None:
        """Return the channel that shows the detail, None for luma."""
        most = max(self.spreads)
        return None if self.spreads[3] >= EQUALLY_BRIGHT * most else self.spreads.index(most)

    @cached_property
    def sharp(self) -> Bytes:
        """Return the channel with the detail at full size."""
        if self.busiest is None:
            return self.luma
        return np.ascontiguousarray(self.frame[..., self.busiest])

    @cached_property
    def quarter(self) -> Floats:
        """Return the channel with the detail averaged by four."""
        return self.grey if self.busiest is None else self.colour[self.busiest]

    @cached_property
    def detail(self) -> Floats:
        """Return ``sharp`` as floats."""
        return self.sharp.astype(np.float32)

    @cached_property
    def full(self) -> FullSize:
        """Return what one pass over every pixel of ``sharp`` leaves."""
        return full_size(self.sharp)

    @cached_property
    def sparse(self) -> Floats:
        """Return every eighth row of ``sharp``."""
        return self.sharp[::8].astype(np.float32)

    @cached_property
    def half(self) -> Floats:
        """Return the middle half of the rows at half size: enough for a moment, half the work."""
        rows = self.sharp.shape[0] // 4
        return halved_bytes(self.sharp[rows : self.sharp.shape[0] - rows])

    @cached_property
    def eighth(self) -> Floats:
        """Return ``quarter`` averaged by two."""
        return halved(self.quarter)

    @cached_property
    def sixteenth(self) -> Floats:
        """Return ``quarter`` averaged by four."""
        return halved(self.eighth)

    @cached_property
    def across(self) -> Floats:
        """Return differences of neighbours in a row of ``quarter``: [h, w-1]."""
        return self.quarter[:, 1:] - self.quarter[:, :-1]

    @cached_property
    def down(self) -> Floats:
        """Return differences of neighbours in a column of ``quarter``: [h-1, w]."""
        return self.quarter[1:] - self.quarter[:-1]

    @cached_property
    def energy(self) -> Floats:
        """Return the squared length of the gradient of ``quarter``: [h-1, w-1]."""
        energy: Floats = np.square(self.across[:-1])
        energy += np.square(self.down[:, :-1])
        return energy

    @cached_property
    def centred(self) -> Floats:
        """Return ``colour`` with the mean of each plane taken off."""
        centred: Floats = self.colour - self.colour.mean(axis=(1, 2), keepdims=True)
        return centred

    @property
    def quarter_spread(self) -> float:
        """Return the standard deviation of ``quarter``."""
        return self.spreads[3 if self.busiest is None else self.busiest]


def scales_of(frame: Frame) -> Scales:
    """Return the scales of one RGB frame [H, W, 3]; sides below 4 px keep their size."""
    small = min(frame.shape[:2]) < 4
    colour = frame.transpose(2, 0, 1).astype(np.float32) if small else averaged_by_four(frame)
    grey = luma_of(colour)
    return Scales(frame, colour, grey, tuple(spread(part) for part in (*colour, grey)))


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
    squares = rows[:, 0::factor] + rows[:, 1::factor]
    for offset in range(2, factor):
        squares += rows[:, offset::factor]
    squares *= np.float32(1 / (factor * factor))
    return squares


def halved(picture: Floats) -> Floats:
    """Return ``picture`` [h, w] averaged over 2x2 squares, an odd last row or column cut off."""
    height, width = (side // 2 * 2 for side in picture.shape)
    rows = picture[0:height:2, :width] + picture[1:height:2, :width]
    squares: Floats = rows[:, 0::2] + rows[:, 1::2]
    squares *= np.float32(0.25)
    return squares


def halved_bytes(picture: Bytes) -> Floats:
    """Return the same of bytes, whose sums of four fit 16 bits."""
    height, width = (side // 2 * 2 for side in picture.shape)
    rows = np.add(picture[0:height:2, :width], picture[1:height:2, :width], dtype=np.uint16)
    squares: Floats = (rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25)
    return squares


def thumbnail(colour: Floats, side: int = SIDE) -> NDArray[np.float16]:
    """Return planes [3, h, w] averaged to at most [3, ``side``, ``side``], small enough to keep."""
    _, height, width = colour.shape
    rows, columns, counts = _squares(height, width, side)
    sums = np.add.reduceat(np.add.reduceat(colour, rows, axis=1), columns, axis=2)
    small: NDArray[np.float16] = (sums / counts).astype(np.float16)
    return small


@lru_cache(maxsize=8)
def _squares(height: int, width: int, side: int) -> tuple[Places, Places, Places]:
    """Return where the rows and columns of a thumbnail begin, and pixels in each of its squares."""
    rows = np.linspace(0, height, min(side, height), endpoint=False).astype(int)
    columns = np.linspace(0, width, min(side, width), endpoint=False).astype(int)
    return rows, columns, np.outer(np.diff([*rows, height]), np.diff([*columns, width]))
