"""What rows and columns at full size say: stripes, grids, wrong strides, interleaved planes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compat.frames.full_size import FullSize
from compat.frames.scales import Bytes, Floats, Scales
from compat.frames.spatial.limits import FLOOR, MIN_SIDE, NAN, log_ratio, middle, variation
from compat.frames.sums import columns_of, row_products, row_sums

FLAT_BLOCK = 1.0
# A grid needs this many lines before chance and a few houses can be ruled out.
MIN_PERIODS = 12
# Tiles are large: four seams are many.
MIN_TILES = 4
TILES = (16, 32, 64, 128)
# A shift is looked for where it could improve the fit of rows by this much.
SHEARED = 0.05
# Thirds of the height are compared where those of the width are this much alike.
ALIKE = 0.3
NAMES = (
    "gradient_energy", "correlation_h", "correlation_v", "asymmetry", "stripes_v", "stripes_h",
    "lattice_8", "lattice_16", "seams_32", "interleave", "skew", "block_variation", "flat_share",
    "jump_share", "fall_2", "fall_3", "row_jumps", "column_jumps", "tile_seams", "thirds",
)  # fmt: skip


def line_measures(scales: Scales) -> dict[str, float]:
    """Return the measures that need every pixel of the picture with the detail."""
    if min(scales.sharp.shape) < MIN_SIDE:
        return dict.fromkeys(NAMES, NAN)
    full = scales.full
    return {**_gradients(full), **_grids(full), **_shifts(scales)}


def _gradients(full: FullSize) -> dict[str, float]:
    energy_h, energy_v, variance = full.energy_h, full.energy_v, full.variance
    return {
        "gradient_energy": energy_h + energy_v,
        "correlation_h": correlation(energy_h, variance),
        "correlation_v": correlation(energy_v, variance),
        "asymmetry": log_ratio(energy_h, energy_v),
        "stripes_v": profile_share(full.signed_columns, energy_h, full.squares_h.size),
        "stripes_h": profile_share(full.signed_rows, energy_v, full.columns.size + 1),
        "interleave": interleave(full.lags, energy_h),
        "block_variation": variation(full.stds),
        "flat_share": float((full.stds < FLAT_BLOCK).mean()),
        "jump_share": full.jump_share,
        "fall_2": log_ratio(full.lags[1], full.lags[0]),
        "fall_3": log_ratio(full.lags[3], full.lags[1]),
    }


def _grids(full: FullSize) -> dict[str, float]:
    columns, rows = full.columns, full.rows
    standing = standing_out(columns), standing_out(rows)
    return {
        "lattice_8": larger(lattice(columns, 8), lattice(rows, 8)),
        "lattice_16": larger(lattice(columns, 16), lattice(rows, 16)),
        "seams_32": smaller(*(seams(part, 32) for part in standing)),
        "row_jumps": outliers(rows),
        "column_jumps": outliers(columns),
        "tile_seams": max(0.0, *(tile_seams(standing, side) for side in TILES)),
    }


def _shifts(scales: Scales) -> dict[str, float]:
    return {"skew": skew(scales.sharp), "thirds": _nine_times(scales)}


def _nine_times(scales: Scales) -> float:
    """Return how alike thirds are both ways; where those of the width are not, how alike these."""
    height, width = scales.sharp.shape
    beside = thirds(scales.sparse, width)
    if beside < ALIKE:
        return beside
    upright = np.ascontiguousarray(scales.sharp[:, ::8].T).astype(np.float32)
    return min(beside, thirds(upright, height))


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
    mean = float(swing.mean())
    if energy < 0.05 or mean < FLOOR:
        return 0.0
    spread = float(swing.sum() ** 2 / np.square(swing).sum()) / profile.size
    strong = centre[swing > 0.25 * mean] > 0
    turns = np.count_nonzero(strong[1:] != strong[:-1])
    share = max(0.0, mean / energy - 1 / length)
    return share * min(1.0, 8 * spread) * min(1.0, turns / 8)


def lattice(profile: Floats, period: int) -> float:
    """Return how far one phase of ``period`` stands out of a gradient profile, 0 to about 1.

    The strongest phase against the median phase, as a share of their sum.
    """
    usable = profile.size // period * period
    if usable < MIN_PERIODS * period:
        return NAN
    phases = middle(profile[:usable].reshape(-1, period))
    best, usual = float(phases.max()), float(middle(phases))
    # One grey level more below the line: 8-bit steps of a smooth slope have a period too.
    return (best - usual) / (best + usual + 1)


def standing_out(profile: Floats) -> Floats:
    """Return how far each line stands out of the two on either side of it, -1 to 1.

    The first and the last two lines have no such neighbours and are left out: the first value is
    that of line 2.
    """
    at = profile[2:-2]
    beside = (profile[:-4] + profile[1:-3] + profile[3:-1] + profile[4:]) * np.float32(0.25)
    strength: Floats = (at - beside) / (at + beside + 1)
    return strength


def seams(standing: Floats, period: int) -> float:
    """Return how much stronger edges are at multiples of ``period`` than beside them, -1 to 1.

    Only the phase at which tiles of a power of two meet (the last pixel of a tile) is looked at,
    against the two lines on either side of each seam: shuffled tiles break there and only there.
    """
    places = standing[period - 3 :: period]
    return float(middle(places)) if places.size >= MIN_TILES else NAN


def tile_seams(standing: Sequence[Floats], side: int) -> float:
    """Return how strong three of four seams between tiles of ``side`` are, both ways, 0 to 1.

    0 where lines half-way between them are about as strong: large pixels break there as well.
    """
    strength = min(_seams_at(profile, side, side) for profile in standing)
    if strength <= 0:
        return 0.0
    between = max(_seams_at(profile, side, side // 2) for profile in standing)
    return strength if between < strength / 2 else 0.0


def _seams_at(standing: Floats, period: int, first: int) -> float:
    strength = np.sort(standing[first - 3 :: period])
    return float(strength[strength.size // 4]) if strength.size >= MIN_TILES - 1 else 0.0


def thirds(rows: Floats, width: int) -> float:
    """Return how well the details of some rows fit those a third of the width on, -1 to 1.

    Planes of colour read as pixels show the picture three times side by side, and three times one
    below the other.
    """
    steps = columns_of(rows[:, 1:] - rows[:, :-1])
    third = round(width / 3)
    fits = [
        steps.correlation(slice(shift, None), slice(None, -shift), 0.3)
        for shift in (third - 1, third, third + 1)
    ]
    return float(np.max(np.nan_to_num(fits)))


def interleave(lags: Sequence[float], energy: float) -> float:
    """Return how much better pixels fit their 2nd to 4th neighbour than their first, 0 to 1.

    In a picture similarity falls with distance; planes that were interleaved turn that around.
    """
    return max(0.0, 1 - min(lags[1:]) / (lags[0] + FLOOR)) if energy >= 1 else 0.0


def skew(sharp: Bytes, pairs: int = 24) -> float:
    """Return how much better each row fits the next one shifted sideways than straight below.

    The difference of correlations, 0 to 2. A wrong line length shears the whole picture. 0 also
    where rows fit so well straight below that no shift can fit better by ``SHEARED``.
    """
    rows = np.linspace(0, sharp.shape[0] - 2, pairs).astype(int)
    upper, lower = (centred(sharp[rows + offset]) for offset in (0, 1))
    norm = np.sqrt(row_products(upper, upper) * row_products(lower, lower))
    busy = norm > sharp.shape[1] * 4
    if busy.sum() < pairs // 3:
        return NAN
    upper, lower, norm = upper[busy], lower[busy], norm[busy]
    if float((row_products(upper, lower) / norm).mean()) > 1 - SHEARED:
        return 0.0
    spectrum = np.conj(np.fft.rfft(upper)) * np.fft.rfft(lower)
    # The mean of all rows' correlations is the one of their mean spectrum: one way back, not 24.
    mean = np.fft.irfft((spectrum / norm[:, None]).mean(axis=0), n=sharp.shape[1])
    # Two pixels of shift is a slanted edge; a wrong stride is further off.
    return max(0.0, float(mean[3:-2].max() - mean[[0, 1, 2, -1, -2]].max()))


def centred(rows: Bytes) -> Floats:
    """Return ``rows`` as floats with the mean of each row taken off."""
    floats = rows.astype(np.float32)
    floats -= (row_sums(floats) / np.float32(rows.shape[1]))[:, None]
    return floats


def outliers(profile: NDArray[np.float32]) -> float:
    """Return log10 of the strongest line but two of a gradient profile over the median line.

    Bands, seams and lost rows put one or a few lines far above all others.
    """
    ordered = np.sort(profile)
    strongest = float(ordered[-3]) if ordered.size > 3 else 0.0
    usual = (float(ordered[(ordered.size - 1) // 2]) + float(ordered[ordered.size // 2])) / 2
    return log_ratio(strongest, usual, 0.5)
