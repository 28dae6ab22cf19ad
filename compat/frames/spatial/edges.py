"""How edges are spread over a frame: sparse and connected in pictures, everywhere in noise."""

from math import log10

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
    product_sum,
    variation,
)
from compat.frames.sums import columns_of, gradient_correlation, spread


def edge_measures(scales: Scales) -> dict[str, float]:
    """Return kurtosis, energy per scale, orientation and clustering of gradients."""
    return {
        "edge_peak": edge_peak(scales.across[:-1], scales.down[:, :-1]),
        "kurtosis_2": kurtosis(scales.half),
        "kurtosis_4": kurtosis_of(scales.across, scales.down),
        "kurtosis_8": kurtosis(scales.eighth),
        "kurtosis_16": kurtosis(scales.sixteenth),
        **coarse_shares(scales),
        **blocks(scales.across[:-1], scales.down[:, :-1], scales.energy),
        "repeats": repeats(scales.across[:-1]),
        **neighbourhood(scales.energy, scales.eighth),
        **octaves(scales),
    }


def edge_peak(across: Floats, down: Floats) -> float:
    """Return the largest difference of neighbours at quarter size, in grey levels."""
    if not (across.size and down.size):
        return NAN
    return float(max(across.max(), -across.min(), down.max(), -down.min()))


def coarse_shares(scales: Scales) -> dict[str, float]:
    """Return which part of the contrast is left after averaging by 8 and 32 px.

    ``middle_share`` is that of the variance between 4 and 32 px, 0 to 1: latents of wrong scale
    pile up there. NaN where there is too little of either.
    """
    coarse = halved(scales.sixteenth)
    full, rest = spread(scales.sparse), spread(coarse) if coarse.size else 0.0
    total = scales.quarter_spread**2
    known = coarse.size >= 16 and total > 1
    return {
        "coarse_share_8": share_of(scales.eighth, full),
        "coarse_share_32": rest / full if coarse.size >= MIN_BLOCKS and full > 1 else NAN,
        "middle_share": 1 - rest**2 / total if known else NAN,
    }


def share_of(picture: Floats, total: float) -> float:
    """Return std after averaging over std before; NaN where either says nothing."""
    return spread(picture) / total if picture.size >= MIN_BLOCKS and total > 1 else NAN


def kurtosis(picture: Floats) -> float:
    """Return log10 of E[d^4] / E[d^2]^2 of neighbour differences.

    0.48 (a Gaussian) means noise; pictures have flat areas and edges and stand near 1 and above.
    """
    return kurtosis_of(picture[:, 1:] - picture[:, :-1], picture[1:] - picture[:-1])


def kurtosis_of(across: Floats, down: Floats) -> float:
    """Return the same of differences already taken."""
    count = across.size + down.size
    if count < MIN_GRADIENTS:
        return NAN
    mean = (product_sum(across, across) + product_sum(down, down)) / count
    if mean < FLOOR:
        return NAN
    squares = [np.square(across), np.square(down)]
    fourth = sum(product_sum(part, part) for part in squares) / count
    return log10(fourth / mean**2)


def blocks(across: Floats, down: Floats, energy: Floats) -> dict[str, float]:
    """Return how gradients of the same place differ in strength and agree in orientation.

    ``coherence`` is 0 to 1, energy-weighted, over squares of 8 (``_16``: 4) quarter-size pixels.
    """
    fine = [averaged(part, 4) for part in (across * across, down * down, across * down)]
    coarse = [halved(part) for part in fine]
    return {
        "energy_variation_16": variation(fine[0] + fine[1]),
        "energy_variation_32": variation(coarse[0] + coarse[1]),
        "coherence": coherence(*coarse, enough=energy.size >= MIN_BLOCKS * 64),
        "coherence_16": coherence(*fine, enough=energy.size >= MIN_BLOCKS * 16),
    }


def coherence(xx: Floats, yy: Floats, xy: Floats, *, enough: bool) -> float:
    """Return how far gradients of each block agree on one orientation, from their moments."""
    energy = float((xx + yy).sum()) if enough else 0.0
    if not enough or energy < FLOOR * xx.size:
        return NAN
    return float(np.sqrt(np.square(xx - yy) + 4 * np.square(xy)).sum()) / energy


def repeats(across: Floats) -> float:
    """Return the correlation of details between the three vertical thirds of a picture, -1 to 1.

    Planes of colour read as pixels put three rows of one plane side by side.
    """
    third = across.shape[1] // 3
    if third * across.shape[0] < MIN_GRADIENTS or mean_square(across) < 0.5:
        return NAN
    columns = columns_of(across)
    # The first and last difference of a third may straddle its border.
    parts = [slice(start + 1, start + third - 1) for start in (0, third, 2 * third)]
    return min(columns.correlation(parts[a], parts[a + 1], 0.5) for a in (0, 1))


def neighbourhood(energy: Floats, eighth: Floats) -> dict[str, float]:
    """Return ``clustering`` and ``persistence`` of gradient strength, -1 to 1.

    Clustering is the correlation with the strength three squares away: edges come in lines and
    textures in patches; the strength of noise has no neighbourhood. Persistence is the one with
    the strength at 1/8 size: an edge is an edge at every scale; what noise does at one scale says
    nothing about the next.
    """
    strength = np.sqrt(energy)
    return {"clustering": clustering(strength), "persistence": persistence(strength, eighth)}


def clustering(strength: Floats) -> float:
    """Return the correlation of gradient strength with that three squares away."""
    if strength.size < MIN_GRADIENTS or min(strength.shape) < 8:
        return NAN
    centred = strength - strength.mean()
    sideways = gradient_correlation(centred[:, 3:], centred[:, :-3], FLOOR)
    return (sideways + gradient_correlation(centred[3:], centred[:-3], FLOOR)) / 2


def persistence(strength: Floats, eighth: Floats) -> float:
    """Return the correlation of gradient strength at 1/4 and at 1/8 size."""
    coarse = np.sqrt(
        np.square(eighth[1:-1, 2:] - eighth[1:-1, :-2])
        + np.square(eighth[2:, 1:-1] - eighth[:-2, 1:-1])
    )
    fine = halved(strength)[1:, 1:]
    height, width = (min(a, b) for a, b in zip(coarse.shape, fine.shape, strict=True))
    if height * width < MIN_GRADIENTS // 2:
        return NAN
    return picture_correlation(coarse[:height, :width], fine[:height, :width], FLOOR)


def octaves(scales: Scales) -> dict[str, float]:
    """Return log10 ratios of gradient energy from one scale to the next; about 0 in pictures."""
    energies = [
        _middle_energy(scales),
        *(_energy(part) for part in (scales.half, scales.quarter, scales.eighth, scales.sixteenth)),
    ]
    names = ("octave_2", "octave_4", "octave_8", "octave_16")
    pairs = zip(energies[1:], energies[:-1], strict=True)
    return {name: log_ratio(*pair) for name, pair in zip(names, pairs, strict=True)}


def _middle_energy(scales: Scales) -> float:
    # At full size the middle half of the rows is enough.
    height, width = scales.sharp.shape
    first, last = height // 4, 3 * height // 4 + 1
    if (last - first) * width <= 16 or width < 2 or height < 2:
        return NAN
    return float(scales.full.squares_h[first:last].mean() / (width - 1))


def _energy(part: Floats) -> float:
    if part.size <= 16 or part.shape[1] < 2:
        return NAN
    return mean_square(part[:, 1:] - part[:, :-1])
