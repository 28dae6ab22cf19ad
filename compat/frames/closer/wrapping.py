"""Values that went past the end of their range and came round again."""

import numpy as np
from numpy.typing import NDArray

# Grey levels from one pixel to the next that only a wrap, or the hardest of edges, spans.
WRAP = 150
# A picture is smooth on both sides of a wrap: steps below this.
SMOOTH = 40


def wrap_measures(middle: NDArray[np.uint8]) -> dict[str, float]:
    """Return shares of neighbours that jump in one channel only, and as a wrap does; 0 to 1.

    ``wrapped`` counts places where values rise to the top and go on from the bottom (or the other
    way round): the step is a wrap's, and what stands before and behind it continues the slope.
    """
    rows = middle[::4].astype(np.int16)
    steps = rows[:, 1:] - rows[:, :-1]
    size = np.abs(steps)
    jumps = size > WRAP
    alone = jumps.any(axis=2) & (size.min(axis=2) < SMOOTH)
    before, at, behind = steps[:, :-2], steps[:, 1:-1], steps[:, 2:]
    slope = before + behind
    against = (np.abs(at) > WRAP) & (np.sign(at) * slope < -2)
    smooth = (np.abs(before) < SMOOTH) & (np.abs(behind) < SMOOTH)
    return {
        "lone_jumps": float(alone.mean()),
        "wrapped": float((against & smooth).any(axis=2).mean()),
    }
