"""Where in the frame: the same questions asked of each cell of a 4 x 4 grid."""

import numpy as np
from numpy.typing import NDArray

from compat.frames.scales import Floats, Scales
from compat.frames.spatial.limits import NAN

Doubles = NDArray[np.float64]

GRID = 4
# A cell needs this many gradients for its kurtosis: 12 x 12 squares.
LEAST = 144
# Mean square of gradients below which a cell shows nothing, in grey levels.
FLAT = 0.15
# Log10 kurtosis and neighbour correlation of a cell that looks like noise.
GAUSSIAN, LOOSE = 0.6, 0.75
NAMES = ("cells_flat", "cells_gaussian", "cells_loose", "cell_spread", "cell_kurtosis_low",
         "cell_energy_spread", "cell_halves")  # fmt: skip


def cell_measures(scales: Scales) -> dict[str, float]:
    """Return shares of flat, noisy and decorrelated cells, and how unlike the cells are."""
    quarter = scales.quarter
    height, width = quarter.shape[0] // GRID, quarter.shape[1] // GRID
    if height * width < LEAST or min(height, width) < 4:
        return dict.fromkeys(NAMES, NAN)
    # Gradients within a cell: those of its last row and column reach into the next one.
    inside = (height - 1) * (width - 1)
    energy = _sums(scales.energy, height, width, 1) / (2 * inside)
    fourth = _sums(np.square(scales.energy), height, width, 1) / (4 * inside)
    busy = energy > FLAT
    # About the mean of the picture first, which leaves floats enough places for faint cells.
    centred = quarter - quarter.mean()
    means = _sums(centred, height, width, 0) / (height * width)
    squares = _sums(np.square(centred), height, width, 0) / (height * width)
    variance = squares - np.square(means)
    # Two summed squares of a Gaussian have half the excess of one: log10 of 2 instead of 3.
    kurtosis = np.log10(np.maximum(fourth, 1e-6) / np.square(np.maximum(energy, 1e-3))) + 0.176
    correlation = 1 - energy / (2 * np.maximum(variance, 1e-3))
    return _summed(busy, kurtosis, correlation, np.log10(energy + FLAT))


def _sums(picture: Floats, height: int, width: int, less: int) -> Doubles:
    """Return the sum of each cell, without the last ``less`` rows and columns of it: [4, 4]."""
    columns = np.zeros((GRID, GRID * width))
    for row in range(GRID):
        part = picture[row * height : (row + 1) * height - less, : GRID * width]
        columns[row, : part.shape[1]] = part.sum(axis=0)
    sums: Doubles = columns.reshape(GRID, GRID, width)[..., : width - less].sum(axis=2)
    return sums


def _summed(
    busy: NDArray[np.bool_], kurtosis: Doubles, correlation: Doubles, energy: Doubles
) -> dict[str, float]:
    known = kurtosis[busy]
    return {
        "cells_flat": float(1 - busy.mean()),
        "cells_gaussian": float(((kurtosis < GAUSSIAN) & busy).mean()),
        "cells_loose": float(((correlation < LOOSE) & busy).mean()),
        "cell_spread": float(correlation[busy].std()) if known.size > 1 else NAN,
        "cell_kurtosis_low": lower_quartile(known) if known.size else NAN,
        "cell_energy_spread": float(energy.std()),
        "cell_halves": _halves(energy),
    }


def lower_quartile(values: Doubles) -> float:
    """Return the value a quarter of the way up, between two where need be.

    ``numpy.quantile`` takes a hundred times as long for sixteen values.
    """
    ordered = np.sort(values)
    place = 0.25 * (ordered.size - 1)
    below = int(place)
    above = min(below + 1, ordered.size - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def _halves(energy: Doubles) -> float:
    # A region that was never denoised is usually a half, a quarter or a border.
    middle = GRID // 2
    sides = abs(float(energy[:, :middle].mean() - energy[:, middle:].mean()))
    ends = abs(float(energy[:middle].mean() - energy[middle:].mean()))
    return max(sides, ends) / (float(energy.std()) + 0.1)
