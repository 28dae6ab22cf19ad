"""Whether edges keep to a grid: profiles of rows and columns, summed over the frames."""

from math import nan

import numpy as np

from compat.frames.scales import Floats

PERIODS = (4, 8, 16, 24, 32)
# A phase counts from this many periods on.
FEWEST = 5
# Half the width of the neighbourhood that a line must stand out of, in pixels.
AROUND = 7
SIDES = (1, 2, 4, 8)


class Profiles:
    """Mean absolute differences per column and row, summed over frames of the same size.

    A grid of the decoder stands still while pictures move, so it adds up and edges do not.
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self.columns: Floats | None = None
        self.rows: Floats | None = None
        self.boards: list[float] = []

    def add(self, sharp: Floats) -> None:
        """Add one frame's middle [H, W] at full size."""
        columns = np.abs(sharp[:, 1:] - sharp[:, :-1]).mean(axis=0)
        rows = np.abs(sharp[1:] - sharp[:-1]).mean(axis=1)
        if self.columns is None or self.rows is None:
            self.columns, self.rows = columns, rows
        elif columns.shape == self.columns.shape and rows.shape == self.rows.shape:
            self.columns, self.rows = self.columns + columns, self.rows + rows
        self.boards.append(checkerboard(sharp))


def grid_measures(profiles: Profiles) -> dict[str, float]:
    """Return how far one phase of each period stands out, in both directions, and checkers.

    In standard deviations of the profile once its slow changes are taken off; the weaker and the
    stronger of the two directions.
    """
    if profiles.columns is None or profiles.rows is None:
        return {}
    measures = {}
    flat = [_flattened(profile) for profile in (profiles.columns, profiles.rows)]
    for period in PERIODS:
        across, down = (_phase(profile, period) for profile in flat)
        measures[f"grid_{period}"] = float(np.fmin(across, down))
        measures[f"grid_{period}_one_way"] = float(np.fmax(across, down))
    measures["checkers"] = float(np.median(profiles.boards))
    return measures


def _flattened(profile: Floats) -> Floats:
    logs = np.log(profile + 0.5)
    kernel = np.full(2 * AROUND + 1, 1 / (2 * AROUND + 1))
    flat: Floats = logs - np.convolve(np.pad(logs, AROUND, mode="edge"), kernel, "valid")
    return flat


def _phase(profile: Floats, period: int) -> float:
    count = profile.size // period
    if count < FEWEST:
        return nan
    phases = profile[: count * period].reshape(count, period).mean(axis=0)
    return float((phases.max() - np.median(phases)) / (profile.std() + 1e-3))


def checkerboard(sharp: Floats) -> float:
    """Return how far squares of 1 to 8 px alternate like a board, 0 to 1.

    On a board a pixel differs from the one beside it and from the one below, but not from the one
    beside and below; in pictures the slanted neighbour is the least alike.
    """
    best = 0.0
    for side in SIDES:
        if min(sharp.shape) < 8 * side:
            continue
        part = sharp[:: max(1, side // 2)] if side > 2 else sharp
        step = side // max(1, side // 2) if side > 2 else side
        across = float(np.abs(part[:, side:] - part[:, :-side]).mean())
        down = float(np.abs(part[step:] - part[:-step]).mean())
        slanted = float(np.abs(part[step:, side:] - part[:-step, :-side]).mean())
        # Half a level on both sides: nothing alternates in a flat picture.
        best = max(best, 1 - (slanted + 0.5) / (min(across, down) + 0.5))
    return best
