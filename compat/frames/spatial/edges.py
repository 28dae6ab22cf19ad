"""How edges are spread over a frame: sparse and connected in pictures, everywhere in noise."""

import numpy as np

from compat.frames.scales import Floats, Scales, averaged, halved
from compat.frames.spatial.limits import (
    FLOOR,
    MIN_BLOCKS,
    MIN_GRADIENTS,
    NAN,
    log_ratio,
    mean_square,
    picture_correlation,
    variation,
)


def edge_measures(scales: Scales) -> dict[str, float]:
    """Return kurtosis, energy per scale, orientation and clustering of gradients."""
    quarter = scales.quarter
    eighth = halved(quarter)
    sixteenth = halved(eighth)
    across, down = np.diff(quarter, axis=1)[:-1], np.diff(quarter, axis=0)[:, :-1]
    energy = np.square(across) + np.square(down)
    full = _spread(scales.detail)
    return {
        "edge_peak": edge_peak(across, down),
        "kurtosis_2": kurtosis(half_sample(scales.detail)),
        "kurtosis_4": kurtosis(quarter),
        "kurtosis_8": kurtosis(eighth),
        "kurtosis_16": kurtosis(sixteenth),
        "coarse_share_8": share_of(eighth, full),
        "coarse_share_32": share_of(averaged(quarter, 8), full),
        "middle_share": middle_share(quarter),
        "energy_variation_16": variation(averaged(energy, 4)),
        "energy_variation_32": variation(averaged(energy, 8)),
        "coherence": coherence(across, down, 8),
        "coherence_16": coherence(across, down, 4),
        "repeats": repeats(across),
        "clustering": clustering(energy),
        "persistence": persistence(energy, eighth),
        **octaves(scales.detail, quarter, eighth, sixteenth),
    }


def _spread(detail: Floats) -> float:
    return float(detail[::8].std())


def edge_peak(across: Floats, down: Floats) -> float:
    """Return the largest difference of neighbours at quarter size, in grey levels."""
    if not across.size:
        return NAN
    return float(max(across.max(), -across.min(), down.max(), -down.min()))


def half_sample(detail: Floats) -> Floats:
    """Return the middle half of the rows at half size: enough for a moment, and half the work."""
    rows = detail.shape[0] // 4
    return halved(detail[rows : detail.shape[0] - rows])


def share_of(picture: Floats, total: float) -> float:
    """Return std after averaging over std before; NaN where either says nothing."""
    return float(picture.std()) / total if picture.size >= MIN_BLOCKS and total > 1 else NAN


def middle_share(quarter: Floats) -> float:
    """Return the share of variance between 4 and 32 px, 0 to 1; latents of wrong scale pile up."""
    coarse = averaged(quarter, 8)
    total = float(quarter.var())
    return 1 - float(coarse.var()) / total if coarse.size >= 16 and total > 1 else NAN


def kurtosis(picture: Floats) -> float:
    """Return log10 of E[d^4] / E[d^2]^2 of neighbour differences.

    0.48 (a Gaussian) means noise; pictures have flat areas and edges and stand near 1 and above.
    """
    squares = np.concatenate(
        [
            np.square(picture[:, 1:] - picture[:, :-1]).ravel(),
            np.square(picture[1:] - picture[:-1]).ravel(),
        ]
    )
    if squares.size < MIN_GRADIENTS:
        return NAN
    mean = float(squares.mean())
    return float(np.log10(mean_square(squares) / mean**2)) if mean >= FLOOR else NAN


def coherence(across: Floats, down: Floats, side: int = 8) -> float:
    """Return how far gradients of each block agree on one orientation, 0 to 1, energy-weighted."""
    if across.size < MIN_BLOCKS * side * side:
        return NAN
    xx, yy, xy = (averaged(part, side) for part in (across * across, down * down, across * down))
    energy = float((xx + yy).sum())
    if energy < FLOOR * xx.size:
        return NAN
    return float(np.sqrt(np.square(xx - yy) + 4 * np.square(xy)).sum()) / energy


def repeats(across: Floats) -> float:
    """Return the correlation of details between the three vertical thirds of a picture, -1 to 1.

    Planes of colour read as pixels put three rows of one plane side by side.
    """
    third = across.shape[1] // 3
    if third * across.shape[0] < MIN_GRADIENTS or mean_square(across) < 0.5:
        return NAN
    # The first and last difference of a third may straddle its border.
    parts = [across[:, start + 1 : start + third - 1] for start in (0, third, 2 * third)]
    return min(picture_correlation(parts[0], parts[1]), picture_correlation(parts[1], parts[2]))


def clustering(energy: Floats) -> float:
    """Return the correlation of gradient strength with that three squares away, -1 to 1.

    Edges come in lines and textures in patches; the strength of noise has no neighbourhood.
    """
    strength = np.sqrt(energy)
    if strength.size < MIN_GRADIENTS or min(strength.shape) < 8:
        return NAN
    sideways = picture_correlation(strength[:, 3:], strength[:, :-3], FLOOR)
    return (sideways + picture_correlation(strength[3:], strength[:-3], FLOOR)) / 2


def persistence(energy: Floats, eighth: Floats) -> float:
    """Return the correlation of gradient strength at 1/4 and at 1/8 size, -1 to 1.

    An edge is an edge at every scale; what noise does at one scale says nothing about the next.
    """
    coarse = np.sqrt(
        np.square(eighth[1:-1, 2:] - eighth[1:-1, :-2])
        + np.square(eighth[2:, 1:-1] - eighth[:-2, 1:-1])
    )
    fine = halved(np.sqrt(energy))[1:, 1:]
    height, width = (min(a, b) for a, b in zip(coarse.shape, fine.shape, strict=True))
    if height * width < MIN_GRADIENTS // 2:
        return NAN
    return picture_correlation(coarse[:height, :width], fine[:height, :width], FLOOR)


def octaves(detail: Floats, *scales: Floats) -> dict[str, float]:
    """Return log10 ratios of gradient energy from one scale to the next; about 0 in pictures."""
    middle = detail[detail.shape[0] // 4 : 3 * detail.shape[0] // 4 + 1]
    energies = [
        mean_square(np.diff(part, axis=1)) if part.size > 16 else NAN
        for part in (middle, halved(middle), *scales)
    ]
    names = ("octave_2", "octave_4", "octave_8", "octave_16")
    pairs = zip(energies[1:], energies[:-1], strict=True)
    return {name: log_ratio(*pair) for name, pair in zip(names, pairs, strict=True)}
