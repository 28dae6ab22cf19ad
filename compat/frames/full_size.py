"""One pass over every pixel: what neighbours at full size differ by, along rows and columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compat.frames.sums import Floats, row_products, row_sums

Bytes = NDArray[np.uint8]
Doubles = NDArray[np.float64]

# Neighbours this far apart, in grey levels, are a wrap-around or a hard black-white edge.
JUMP = 150
BLOCK = 8
# Rows at a time, a multiple of BLOCK: 96 rows of 832 px, as bytes and as floats, stay in a
# second-level cache of 1 MiB. A whole 832x480 picture at once takes twice as long, most of it spent
# on new pages. 96 * 255 fits 16 bits.
BAND = 96
# Every fourth row is enough for the differences over 2 to 4 px.
LAGS, LAG_ROWS = 4, 4


@dataclass(frozen=True, slots=True)
class FullSize:
    """What one pass over the bytes of a picture [H, W] leaves.

    ``squares_h`` [H] and ``squares_v`` [H-1] are sums of squared differences sideways and down per
    row; ``columns`` [W-1] and ``rows`` [H-1] mean absolute ones per column and row, ``signed_*``
    the same with signs; ``means`` and ``stds`` those of each 8x8 block; ``lags`` mean squares of
    differences over 1 to 4 px sideways; ``jump_share`` the share of sideways neighbours further
    apart than ``JUMP``.
    """

    squares_h: Doubles
    squares_v: Doubles
    signed_columns: Floats
    signed_rows: Floats
    columns: Floats
    rows: Floats
    means: Floats
    stds: Floats
    lags: tuple[float, ...]
    jump_share: float

    @property
    def energy_h(self) -> float:
        """Return the mean square of differences sideways."""
        return float(self.squares_h.mean()) / self.columns.size

    @property
    def energy_v(self) -> float:
        """Return the mean square of differences down."""
        return float(self.squares_v.mean()) / (self.columns.size + 1)

    @property
    def variance(self) -> float:
        """Return the variance of the picture, but for a rest right and below."""
        return float(np.square(self.stds).mean() + self.means.var())


def full_size(sharp: Bytes) -> FullSize:
    """Pass over the bytes of a picture, at least 8 px high and wide."""
    sharp = np.ascontiguousarray(sharp)
    height, width = sharp.shape
    work = _Pass(height, width)
    for top in range(0, height, BAND):
        work.sideways(sharp[top : top + BAND], top)
        work.down(sharp[top : top + BAND + 1], top)
        work.levels(sharp[top : top + BAND], top)
    means = work.blocks[0] / BLOCK**2
    variances = work.blocks[1] / BLOCK**2 - np.square(means)
    sampled = len(range(0, height, LAG_ROWS))
    return FullSize(
        squares_h=work.squares_h,
        squares_v=work.squares_v,
        signed_columns=(np.diff(work.level_columns) / height).astype(np.float32),
        signed_rows=(np.diff(work.level_rows) / width).astype(np.float32),
        columns=(work.columns[:-1] / height).astype(np.float32),
        rows=(work.rows / width).astype(np.float32),
        means=means.astype(np.float32),
        stds=np.sqrt(np.maximum(variances, 0)).astype(np.float32),
        lags=tuple(
            float(total) / (sampled * max(width - lag, 1)) for lag, total in enumerate(work.lags, 1)
        ),
        jump_share=work.jumps / (height * (width - 1)),
    )


class _Pass:
    """The sums so far, and buffers for one band.

    Differences of bytes are taken as larger minus smaller, which are bytes again: four times as
    many at once as floats.
    """

    def __init__(self, height: int, width: int) -> None:
        self.squares_h, self.squares_v = np.empty(height), np.empty(height - 1)
        self.columns, self.rows = np.zeros(width), np.empty(height - 1)
        self.level_columns, self.level_rows = np.zeros(width), np.empty(height)
        self.blocks = np.empty((2, height // BLOCK, width // BLOCK))
        self.lags = np.zeros(LAGS)
        self.jumps = 0
        tall = min(BAND, height)
        self._high, self._low = (np.empty(tall * width, np.uint8) for _ in range(2))
        self._apart, self._levels = (np.empty((tall, width), np.float32) for _ in range(2))

    def sideways(self, band: Bytes, top: int) -> None:
        """Take the differences of each pixel and the next one in its row."""
        flat = band.reshape(-1)
        apart = self._differences(flat[1:], flat[:-1], last=1).reshape(band.shape)
        # Where a row ends, the next pixel in memory is none of its neighbours.
        apart[:, -1] = 0
        floats = self._apart[: len(band)]
        floats[...] = apart
        squares = row_products(floats, floats)
        self.squares_h[top : top + len(band)] = squares
        self.lags[0] += squares[::LAG_ROWS].sum()
        self.columns += apart.sum(axis=0, dtype=np.uint16)
        if int(apart.max()) > JUMP:
            self.jumps += int(np.count_nonzero(apart > JUMP))

    def down(self, band: Bytes, top: int) -> None:
        """Take the differences of each pixel and the one below."""
        if len(band) < 2:
            return
        apart = self._differences(band[1:].reshape(-1), band[:-1].reshape(-1))
        floats = self._apart[: len(band) - 1]
        floats[...] = apart.reshape(floats.shape)
        self.squares_v[top : top + len(floats)] = row_products(floats, floats)
        self.rows[top : top + len(floats)] = row_sums(floats)

    def levels(self, band: Bytes, top: int) -> None:
        """Take the sums of rows, columns and blocks, and the differences over 2 to 4 px."""
        floats = self._levels[: len(band)]
        floats[...] = band
        self.level_rows[top : top + len(band)] = row_sums(floats)
        self._steps(floats[::LAG_ROWS])
        place, whole = top // BLOCK, len(band) // BLOCK * BLOCK
        tall = _stacked(floats[:whole])
        self.level_columns += tall.sum(axis=0) + floats[whole:].sum(axis=0)
        self.blocks[0, place : place + len(tall)] = _grouped(tall)
        np.multiply(floats, floats, out=floats)
        self.blocks[1, place : place + len(tall)] = _grouped(_stacked(floats[:whole]))

    def _steps(self, rows: Floats) -> None:
        flat = np.ascontiguousarray(rows).reshape(-1)
        buffer = self._apart[: len(rows)]
        steps = buffer.reshape(-1)
        for lag in range(2, LAGS + 1):
            np.subtract(flat[lag:], flat[:-lag], out=steps[:-lag])
            buffer[:, -lag:] = 0
            self.lags[lag - 1] += row_products(buffer, buffer).sum()

    def _differences(self, one: Bytes, other: Bytes, *, last: int = 0) -> Bytes:
        """Return absolute differences of flat bytes in a buffer with room for ``last`` more."""
        high, low = self._high[: one.size], self._low[: one.size]
        np.maximum(one, other, out=high)
        np.minimum(one, other, out=low)
        np.subtract(high, low, out=high)
        return self._high[: one.size + last]


def _stacked(rows: Floats) -> Floats:
    """Return the sums of each ``BLOCK`` rows."""
    sums: Floats = rows.reshape(-1, BLOCK, rows.shape[1]).sum(axis=1)
    return sums


def _grouped(rows: Floats) -> Floats:
    """Return the sums of each ``BLOCK`` neighbours in a row."""
    count = rows.shape[1] // BLOCK
    groups = rows[:, : count * BLOCK].reshape(len(rows), count, BLOCK)
    sums: Floats = np.matmul(groups, np.ones(BLOCK, np.float32))
    return sums
