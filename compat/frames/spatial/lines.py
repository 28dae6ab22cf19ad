"""What rows and columns at full size say: stripes, grids, wrong strides, interleaved planes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats, averaged
from compat.frames.spatial.limits import (
    FLOOR,
    MIN_SIDE,
    NAN,
    log_ratio,
    picture_correlation,
    product_sum,
    variation,
)

FLAT_BLOCK = 1.0
# A grid needs this many lines before chance and a few houses can be ruled out.
MIN_PERIODS = 12
# Tiles are large: four seams are many.
MIN_TILES = 4
TILES = (16, 32, 64, 128)
# Neighbours this far apart, in grey levels, are a wrap-around or a hard black-white edge.
JUMP = 150
# Rows at a time: 64 rows of 832 floats are 213 KB, which a second-level cache holds.
BAND = 64
NAMES = (
    "gradient_energy", "correlation_h", "correlation_v", "asymmetry", "stripes_v", "stripes_h",
    "lattice_8", "lattice_16", "seams_32", "interleave", "skew", "block_variation", "flat_share",
    "jump_share", "fall_2", "fall_3", "row_jumps", "column_jumps", "tile_seams", "thirds",
)  # fmt: skip


def line_measures(detail: Floats) -> dict[str, float]:
    """Return the measures that need every pixel of the picture with the detail [H, W]."""
    if min(detail.shape) < MIN_SIDE:
        return dict.fromkeys(NAMES, NAN)
    sums = summed(detail)
    energy_h, energy_v = sums.energy_h, sums.energy_v
    columns, rows = sums.columns, sums.rows
    values = (
        energy_h + energy_v,
        correlation(energy_h, sums.variance),
        correlation(energy_v, sums.variance),
        log_ratio(energy_h, energy_v),
        profile_share(sums.signed_columns, energy_h, detail.shape[0]),
        profile_share(sums.signed_rows, energy_v, detail.shape[1]),
        larger(lattice(columns, 8), lattice(rows, 8)),
        larger(lattice(columns, 16), lattice(rows, 16)),
        smaller(seams(columns, 32), seams(rows, 32)),
        interleave(sums.lags, energy_h),
        skew(detail),
        variation(sums.stds),
        float((sums.stds < FLAT_BLOCK).mean()),
        sums.jump_share,
        log_ratio(sums.lags[1], sums.lags[0]),
        log_ratio(sums.lags[3], sums.lags[1]),
        outliers(rows),
        outliers(columns),
        max(0.0, *(tile_seams(columns, rows, side) for side in TILES)),
        min(thirds(detail), thirds(detail.T)),
    )
    return dict(zip(NAMES, values, strict=True))


@dataclass(frozen=True, slots=True)
class Sums:
    """What one pass over the rows of a picture leaves.

    Mean squares of differences sideways and down, the picture's variance, mean signed and absolute
    differences per column and row, the spread of each 8x8 block, mean squares of differences over
    1 to 4 px sideways, and the share of neighbours further apart than ``JUMP``.
    """

    energy_h: float
    energy_v: float
    variance: float
    signed_columns: Floats
    signed_rows: Floats
    columns: Floats
    rows: Floats
    stds: Floats
    lags: list[float]
    jump_share: float


def summed(detail: Floats) -> Sums:
    """Pass over the picture band by band: what is at work stays in the cache and is never freed.

    A whole 832x480 picture at once takes three times as long, most of it spent on new pages.
    """
    height, width = detail.shape
    columns, signed_columns = np.zeros(width - 1, np.float32), np.zeros(width - 1, np.float32)
    rows, signed_rows = np.empty(height - 1, np.float32), np.empty(height - 1, np.float32)
    blocks: list[tuple[Floats, Floats]] = []
    square_h = square_v = jumps = 0.0
    lags = np.zeros(4)
    for top in range(0, height, BAND):
        band = detail[top : top + BAND + 1]
        inner = band[:BAND]
        across = inner[:, 1:] - inner[:, :-1]
        down = band[1:] - band[:-1]
        square_h += product_sum(across, across)
        square_v += product_sum(down, down)
        signed_columns += across.sum(axis=0)
        signed_rows[top : top + len(down)] = down.mean(axis=1)
        np.abs(across, out=across)
        np.abs(down, out=down)
        columns += across.sum(axis=0)
        rows[top : top + len(down)] = down.mean(axis=1)
        jumps += float(np.count_nonzero(across > JUMP))
        if len(inner) >= 8:
            blocks.append((averaged(inner, 8), averaged(np.square(inner), 8)))
        lags += _lag_sums(np.ascontiguousarray(inner[::4]))
    means, squares = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    sampled = len(range(0, height, 4))
    return Sums(
        energy_h=square_h / (height * (width - 1)),
        energy_v=square_v / ((height - 1) * width),
        variance=float(squares.mean() - means.mean() ** 2),
        signed_columns=signed_columns / height,
        signed_rows=signed_rows,
        columns=columns / height,
        rows=rows,
        stds=np.sqrt(np.maximum(squares - np.square(means), 0)),
        lags=[float(lag) / (sampled * (width - place)) for place, lag in enumerate(lags, 1)],
        jump_share=jumps / (height * (width - 1)),
    )


def _lag_sums(part: Floats) -> NDArray[np.float64]:
    steps = [part[:, lag:] - part[:, :-lag] for lag in (1, 2, 3, 4)]
    return np.array([product_sum(step, step) for step in steps])


def larger(one: float, other: float) -> float:
    """Return the larger of two measures, whichever could be taken."""
    return float(np.fmax(one, other))


def smaller(one: float, other: float) -> float:
    """Return the smaller of two measures, whichever could be taken."""
    return float(np.fmin(one, other))


def correlation(difference_energy: float, variance: float) -> float:
    """Return the correlation of neighbours from the mean square of their differences."""
    return 1 - difference_energy / (2 * variance) if variance > 1 else NAN


def profile_share(profile: Floats, energy: float, length: int) -> float:
    """Return the share of gradient energy that all rows (or columns) have in common, 0 to 1.

    1 for perfect stripes, about 1 / ``length`` for unrelated rows, which is taken off. A slope
    (a sky) and a few edges (a horizon, one object) are no stripes: the mean is taken off, and the
    share only counts in full when the energy is spread over an eighth of the profile and goes up
    and down at least eight times.
    """
    centre = profile - profile.mean()
    swing = np.square(centre)
    if energy < 0.05 or float(swing.mean()) < FLOOR:
        return 0.0
    spread = float(swing.sum() ** 2 / np.square(swing).sum()) / profile.size
    strong = np.sign(centre[swing > 0.25 * swing.mean()])
    turns = np.count_nonzero(np.diff(strong))
    share = max(0.0, float(swing.mean()) / energy - 1 / length)
    return share * min(1.0, 8 * spread) * min(1.0, turns / 8)


def lattice(profile: Floats, period: int) -> float:
    """Return how far one phase of ``period`` stands out of a gradient profile, 0 to about 1.

    The strongest phase against the median phase, as a share of their sum.
    """
    usable = profile.size // period * period
    if usable < MIN_PERIODS * period:
        return NAN
    phases = np.median(profile[:usable].reshape(-1, period), axis=0)
    best, usual = float(phases.max()), float(np.median(phases))
    # One grey level more below the line: 8-bit steps of a smooth slope have a period too.
    return (best - usual) / (best + usual + 1)


def seams(profile: Floats, period: int) -> float:
    """Return how much stronger edges are at multiples of ``period`` than beside them, 0 to 1.

    Only the phase at which tiles of a power of two meet (the last pixel of a tile) is looked at,
    against the two lines on either side of each seam: shuffled tiles break there and only there.
    """
    places = np.arange(period - 1, profile.size - 2, period)
    if places.size < MIN_TILES:
        return NAN
    beside = (
        profile[places - 2] + profile[places - 1] + profile[places + 1] + profile[places + 2]
    ) / 4
    at = profile[places]
    return float(np.median((at - beside) / (at + beside + 1)))


def tile_seams(columns: Floats, rows: Floats, side: int) -> float:
    """Return how strong three of four seams between tiles of ``side`` are, both ways, 0 to 1.

    0 where lines half-way between them are about as strong: large pixels break there as well.
    """
    strength = min(_seams_at(profile, side, side) for profile in (columns, rows))
    between = max(_seams_at(profile, side, side // 2) for profile in (columns, rows))
    return strength if between < strength / 2 else 0.0


def _seams_at(profile: Floats, period: int, first: int) -> float:
    places = np.arange(first - 1, profile.size - 2, period)
    if places.size < MIN_TILES - 1:
        return 0.0
    beside = profile[places - 2] + profile[places - 1] + profile[places + 1] + profile[places + 2]
    at, beside = profile[places], beside / 4
    strength = np.sort((at - beside) / (at + beside + 1))
    return float(strength[strength.size // 4])


def thirds(detail: Floats) -> float:
    """Return how well the details of a picture fit those a third of its width on, -1 to 1.

    Planes of colour read as pixels show the picture three times side by side, and three times one
    below the other.
    """
    part = np.ascontiguousarray(detail[::8])
    steps = part[:, 1:] - part[:, :-1]
    third = round(detail.shape[1] / 3)
    fits = [
        picture_correlation(steps[:, shift:], steps[:, :-shift], 0.3)
        for shift in (third - 1, third, third + 1)
    ]
    return float(np.max(np.nan_to_num(fits)))


def interleave(lags: list[float], energy: float) -> float:
    """Return how much better pixels fit their 2nd to 4th neighbour than their first, 0 to 1.

    In a picture similarity falls with distance; planes that were interleaved turn that around.
    """
    return max(0.0, 1 - min(lags[1:]) / (lags[0] + FLOOR)) if energy >= 1 else 0.0


def skew(luma: Floats, pairs: int = 24) -> float:
    """Return how much better each row fits the next one shifted sideways than straight below.

    The difference of correlations, 0 to 2. A wrong line length shears the whole picture.
    """
    rows = np.linspace(0, luma.shape[0] - 2, pairs).astype(int)
    upper, lower = (centred(luma[rows + offset]) for offset in (0, 1))
    norm = np.sqrt(np.square(upper).sum(axis=1) * np.square(lower).sum(axis=1))
    busy = norm > luma.shape[1] * 4
    if busy.sum() < pairs // 3:
        return NAN
    spectrum = np.conj(np.fft.rfft(upper[busy])) * np.fft.rfft(lower[busy])
    fits = np.fft.irfft(spectrum, n=luma.shape[1]) / norm[busy, None]
    mean = fits.mean(axis=0)
    # Two pixels of shift is a slanted edge; a wrong stride is further off.
    return max(0.0, float(mean[3:-2].max() - mean[[0, 1, 2, -1, -2]].max()))


def centred(rows: Floats) -> Floats:
    """Return ``rows`` with the mean of each row taken off."""
    result: Floats = rows - rows.mean(axis=1, keepdims=True)
    return result


def outliers(profile: NDArray[np.float32]) -> float:
    """Return log10 of the strongest line of a gradient profile over the median line.

    Bands, seams and lost rows put one or a few lines far above all others.
    """
    strongest = float(np.partition(profile, -3)[-3]) if profile.size > 3 else 0.0
    return log_ratio(strongest, float(np.median(profile)), 0.5)
