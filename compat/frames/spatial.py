"""What one frame says on its own: some twenty numbers, NaN where the frame is too small for one."""

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats, Frame, Scales, averaged

NAN = float("nan")

# Below these many samples a kurtosis says more about chance than about the picture: its standard
# error for Gaussian data is sqrt(24 / n), 0.25 of 3 at 384.
MIN_GRADIENTS = 384
MIN_BLOCKS = 48
MIN_SIDE = 32
# One grey level of variance: keeps ratios finite on flat areas without touching real contrast.
FLOOR = 1e-3
FLAT_BLOCK = 1.0
# A grid needs this many lines before chance and a few houses can be ruled out.
MIN_PERIODS = 12


def measure_frame(frame: Frame, scales: Scales) -> dict[str, float]:
    """Return every per-frame measure of one RGB frame; the same keys for every size."""
    levels = _levels(frame, scales)
    neighbours = _neighbours(scales.detail)
    coarse = _coarse(scales)
    return {**levels, **neighbours, **coarse, **_colour(scales)}


def _levels(frame: Frame, scales: Scales) -> dict[str, float]:
    luma = scales.luma
    step = 8 if min(luma.shape) >= 256 else 2
    sample = np.ascontiguousarray(frame[::step, ::step]).reshape(-1, 3)
    grey = (luma[::2, ::2].ravel()).astype(np.uint8)
    counts = np.bincount(grey, minlength=256)
    share = counts[counts > 0] / grey.size
    packed = sample.astype(np.int32) @ np.array([65536, 256, 1], np.int32)
    return {
        "luma_mean": float(luma.mean()),
        "luma_std": float(luma.std()),
        "channel_std": channel_std(scales.colour),
        "entropy": float(-(share * np.log2(share)).sum()),
        "colours": float(np.unique(packed).size),
        "clipped_share": float(((sample < 3) | (sample > 252)).mean()),
    }


def channel_std(colour: Floats) -> float:
    """Return the spread of the channel that varies most; NaN for fewer than 16 squares."""
    if colour.shape[0] * colour.shape[1] < 16:
        return NAN
    return float(colour.reshape(-1, 3).std(axis=0).max())


def _neighbours(luma: Floats) -> dict[str, float]:
    names = (
        "gradient_energy", "correlation_h", "correlation_v", "asymmetry", "stripes_v", "stripes_h",
        "lattice_8", "lattice_16", "interleave", "skew", "block_variation", "flat_share",
    )  # fmt: skip
    if min(luma.shape) < MIN_SIDE:
        return dict.fromkeys(names, NAN)
    across, down = np.diff(luma, axis=1), np.diff(luma, axis=0)
    energy_h, energy_v = float(np.square(across).mean()), float(np.square(down).mean())
    variance = float(luma.var())
    columns, rows = np.abs(across).mean(axis=0), np.abs(down).mean(axis=1)
    stds = block_stds(luma, 8)
    values = (
        energy_h + energy_v,
        correlation(energy_h, variance),
        correlation(energy_v, variance),
        float(np.log10((energy_h + 0.05) / (energy_v + 0.05))),
        profile_share(across.mean(axis=0), energy_h, luma.shape[0]),
        profile_share(down.mean(axis=1), energy_v, luma.shape[1]),
        max(lattice(columns, 8), lattice(rows, 8)),
        max(lattice(columns, 16), lattice(rows, 16)),
        interleave(luma, energy_h),
        skew(luma),
        variation(stds),
        float((stds < FLAT_BLOCK).mean()),
    )
    return dict(zip(names, values, strict=True))


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


def interleave(luma: Floats, energy: float) -> float:
    """Return how much better pixels fit their 2nd to 4th neighbour than their first, 0 to 1.

    In a picture similarity falls with distance; planes that were interleaved turn that around.
    """
    if energy < 1:
        return 0.0
    part = luma[::4]
    near = float(np.square(part[:, 1:] - part[:, :-1]).mean())
    far = min(float(np.square(part[:, lag:] - part[:, :-lag]).mean()) for lag in (2, 3, 4))
    return max(0.0, 1 - far / (near + FLOOR))


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


def block_stds(luma: Floats, side: int) -> Floats:
    """Return the standard deviation of each ``side`` x ``side`` block."""
    mean = averaged(luma, side)
    square = averaged(np.square(luma), side)
    result: Floats = np.sqrt(np.maximum(square - np.square(mean), 0))
    return result


def variation(values: NDArray[np.floating]) -> float:
    """Return standard deviation over mean of block values; NaN for too few or all-flat blocks."""
    if values.size < MIN_BLOCKS or float(values.mean()) < 0.05:
        return NAN
    return float(values.std() / values.mean())


def _coarse(scales: Scales) -> dict[str, float]:
    quarter = scales.quarter
    across, down = np.diff(quarter, axis=1)[:-1], np.diff(quarter, axis=0)[:, :-1]
    eighth = averaged(quarter, 2)
    total = float(scales.detail.std())
    energy = np.square(across) + np.square(down)
    return {
        "kurtosis_4": kurtosis(quarter),
        "kurtosis_8": kurtosis(eighth),
        "coarse_share_8": share_of(eighth, total),
        "coarse_share_32": share_of(averaged(quarter, 8), total),
        "energy_variation_16": variation(averaged(energy, 4)),
        "coherence": coherence(across, down),
        "repeats": repeats(across),
    }


def share_of(picture: Floats, total: float) -> float:
    """Return std after averaging over std before; NaN where either says nothing."""
    return float(picture.std()) / total if picture.size >= MIN_BLOCKS and total > 1 else NAN


def kurtosis(picture: Floats) -> float:
    """Return log10 of E[d^4] / E[d^2]^2 of neighbour differences.

    0.48 (a Gaussian) means noise; pictures have flat areas and edges and stand near 1 and above.
    """
    differences = np.concatenate(
        [np.diff(picture, axis=1).ravel(), np.diff(picture, axis=0).ravel()]
    )
    squares = np.square(differences)
    if squares.size < MIN_GRADIENTS or float(squares.mean()) < FLOOR:
        return NAN
    return float(np.log10(np.square(squares).mean() / squares.mean() ** 2))


def coherence(across: Floats, down: Floats, side: int = 8) -> float:
    """Return how far gradients of each block agree on one orientation, 0 to 1, energy-weighted."""
    if across.size < MIN_BLOCKS * side * side:
        return NAN
    xx, yy, xy = (averaged(part, side) for part in (across * across, down * down, across * down))
    energy = xx + yy
    if float(energy.mean()) < FLOOR:
        return NAN
    agreement = np.sqrt(np.square(xx - yy) + 4 * np.square(xy))
    return float(agreement.sum() / energy.sum())


def repeats(across: Floats) -> float:
    """Return the correlation of details between the three vertical thirds of a picture, -1 to 1.

    Planes of colour read as pixels put three rows of one plane side by side.
    """
    third = across.shape[1] // 3
    if third * across.shape[0] < MIN_GRADIENTS or float(np.square(across).mean()) < 0.5:
        return NAN
    # The first and last difference of a third may straddle its border.
    parts = [across[:, start + 1 : start + third - 1] for start in (0, third, 2 * third)]
    return min(picture_correlation(parts[0], parts[1]), picture_correlation(parts[1], parts[2]))


def picture_correlation(one: Floats, other: Floats) -> float:
    """Return the correlation of two pictures; NaN where either has hardly any contrast."""
    first, second = one - one.mean(), other - other.mean()
    scale = float(np.sqrt(np.square(first).mean() * np.square(second).mean()))
    return float((first * second).mean()) / scale if scale > 0.5 else NAN


def _colour(scales: Scales) -> dict[str, float]:
    # Channel by channel: numpy reduces an axis of three slowly.
    red, green, blue = np.ascontiguousarray(scales.colour.transpose(2, 0, 1))
    high = np.maximum(np.maximum(red, green), blue)
    low = np.minimum(np.minimum(red, green), blue)
    # Overflow drives channels to opposite ends; plain black and white do not count.
    at_corner = (high > 249) & (low < 6)
    return {
        "saturation": float((high - low).mean()),
        "corner_share": float(at_corner.mean()),
    }
