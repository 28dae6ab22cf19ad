"""Where in the frame: the same questions asked of each cell of a 4 x 4 grid."""

import numpy as np

from compat.frames.scales import Floats, Scales
from compat.frames.spatial.limits import NAN

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
    cells = quarter[: height * GRID, : width * GRID].reshape(GRID, height, GRID, width)
    squares = (
        np.square(np.diff(cells, axis=3))[:, :-1] + np.square(np.diff(cells, axis=1))[..., :-1]
    )
    energy = squares.mean(axis=(1, 3)) / 2
    fourth = np.square(squares).mean(axis=(1, 3)) / 4
    busy = energy > FLAT
    variance = cells.var(axis=(1, 3))
    # Two summed squares of a Gaussian have half the excess of one: log10 of 2 instead of 3.
    kurtosis = np.log10(np.maximum(fourth, 1e-6) / np.square(np.maximum(energy, 1e-3))) + 0.176
    correlation = 1 - energy / (2 * np.maximum(variance, 1e-3))
    return _summed(busy, kurtosis, correlation, np.log10(energy + FLAT))


def _summed(
    busy: np.ndarray, kurtosis: Floats, correlation: Floats, energy: Floats
) -> dict[str, float]:
    known = kurtosis[busy]
    return {
        "cells_flat": float(1 - busy.mean()),
        "cells_gaussian": float(((kurtosis < GAUSSIAN) & busy).mean()),
        "cells_loose": float(((correlation < LOOSE) & busy).mean()),
        "cell_spread": float(correlation[busy].std()) if known.size > 1 else NAN,
        "cell_kurtosis_low": float(np.quantile(known, 0.25)) if known.size else NAN,
        "cell_energy_spread": float(energy.std()),
        "cell_halves": _halves(energy),
    }


def _halves(energy: Floats) -> float:
    # A region that was never denoised is usually a half, a quarter or a border.
    middle = GRID // 2
    sides = abs(float(energy[:, :middle].mean() - energy[:, middle:].mean()))
    ends = abs(float(energy[:middle].mean() - energy[middle:].mean()))
    return max(sides, ends) / (float(energy.std()) + 0.1)
