"""Whether the order of the frames means anything: shuffled, looped, alternating, cut."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compat.frames.spatial.limits import NAN

FEWEST = 5
# Distances of all pairs are taken within stretches of this many frames, so that time and memory
# do not grow with the square of the length; at most this many stretches, evenly spread.
STRETCH, STRETCHES = 64, 4
# A loop shorter than this is a walk, a wheel or a strobe.
SHORTEST_LOOP = 8
# Mean grey levels between thumbnails below which two frames are the same picture.
SAME = 0.4
NAMES = ("neighbour_ratio", "nearest_share", "smoothness", "loop_score", "loop_length", "cut_share",
         "detour", "turning", "restlessness")  # fmt: skip


def order_measures(thumbnails: Sequence[NDArray[np.float16]]) -> dict[str, float]:
    """Return clip-wide measures of temporal order from thumbnails [3, h, w]; NaN for few frames.

    ``neighbour_ratio``: distance of neighbours over that of random pairs, about 1 when order means
    nothing. ``nearest_share``: how many frames have a neighbour in time as nearest picture.
    ``smoothness``: distance over two frames over that over one. ``loop_score``: how well the clip
    repeats after ``loop_length`` frames, 0 to 1. ``cut_share``: steps that are cuts. ``detour``:
    the way through the frames as they come over that through them in the best order found, 1 for
    order. ``turning``: how far steps turn back on the one before, 1 straight on, -1 back and forth.
    ``restlessness``: share of the change over time that is gone after one frame.
    """
    shape = thumbnails[0].shape if thumbnails else (0, 0)
    kept = [number for number, small in enumerate(thumbnails) if small.shape == shape]
    measures = dict.fromkeys(NAMES, NAN)
    if len(kept) < FEWEST:
        return measures
    parts = [_flat(thumbnails, numbers) for numbers in _stretches(kept)]
    distances = [_distances(part) for part in parts]
    means = [
        np.nanmean(column) if np.isfinite(column).any() else NAN
        for column in np.array([_order_of(apart) for apart in distances]).T
    ]
    measures |= dict(zip(NAMES[:3], map(float, means), strict=True))
    measures |= dict(zip(NAMES[3:5], _loop(distances[0]), strict=True))
    measures["cut_share"] = float(np.mean([_cuts(part) for part in parts]))
    measures |= dict(zip(NAMES[6:], _way(parts[0], distances[0]), strict=True))
    return measures


def _stretches(kept: list[int]) -> list[list[int]]:
    if len(kept) <= STRETCH:
        return [kept]
    starts = np.linspace(0, len(kept) - STRETCH, min(STRETCHES, -(-len(kept) // STRETCH)))
    return [kept[int(start) : int(start) + STRETCH] for start in starts]


def _flat(thumbnails: Sequence[NDArray[np.float16]], numbers: list[int]) -> NDArray[np.float32]:
    return np.array([thumbnails[number] for number in numbers], np.float32).reshape(
        len(numbers), -1
    )


def _distances(flat: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([np.abs(flat - one).mean(axis=1) for one in flat])


def _order_of(apart: NDArray[np.float32]) -> tuple[float, float, float]:
    near, two = np.diagonal(apart, 1), np.diagonal(apart, 2)
    far = apart[np.triu_indices(len(apart), 2)]
    usual = float(np.median(far))
    ratio = float(np.median(near)) / usual if usual > 0.5 else NAN
    smoothness = (
        float(np.median(two)) / float(np.median(near)) if np.median(near) > SAME / 2 else NAN
    )
    return ratio, _nearest(apart), smoothness


def _nearest(apart: NDArray[np.float32]) -> float:
    count = len(apart)
    others = apart + np.where(np.eye(count, dtype=bool), np.inf, 0).astype(np.float32)
    best = others.min(axis=1)
    beside = np.array(
        [
            min(
                others[i, max(i - 1, 0)] if i else np.inf,
                others[i, i + 1] if i + 1 < count else np.inf,
            )
            for i in range(count)
        ]
    )
    moving = best > SAME / 4
    # A frame that is repeated elsewhere as well as beside is no sign of disorder.
    return float((beside <= 1.15 * best)[moving].mean()) if moving.sum() >= FEWEST else NAN


def _loop(apart: NDArray[np.float32]) -> tuple[float, float]:
    """Return how well the clip repeats itself, 0 to 1, and after how many frames."""
    count = len(apart)
    if count < 2 * SHORTEST_LOOP:
        return NAN, NAN
    lags = range(SHORTEST_LOOP, count - SHORTEST_LOOP // 2)
    means = np.array([np.diagonal(apart, lag).mean() for lag in lags])
    usual = float(np.median(apart[np.triu_indices(count, 2)]))
    if usual < 1:
        return NAN, NAN
    best = int(means.argmin())
    return max(0.0, 1 - float(means[best]) / usual), float(lags[best])


def _cuts(flat: NDArray[np.float32]) -> float:
    near = np.abs(np.diff(flat, axis=0)).mean(axis=1)
    return float((near > 4 * np.median(near) + 8).mean())


def _way(flat: NDArray[np.float32], apart: NDArray[np.float32]) -> tuple[float, float, float]:
    """Return the detour, turning and restlessness of the frames as they come."""
    steps = np.diff(flat, axis=0)
    near = np.abs(steps).mean(axis=1)
    if np.median(near) < SAME / 2:
        return NAN, NAN, NAN
    bends = np.diff(steps, axis=0)
    lengths = np.sqrt(np.square(steps).sum(axis=1)) + 1e-3
    cosines = (steps[1:] * steps[:-1]).sum(axis=1) / (lengths[1:] * lengths[:-1])
    # Three independent values: the variance of a second difference is six times theirs.
    restless = float(np.square(bends).mean() / (6 * flat.var(axis=0).mean() + 0.5))
    return _detour(apart, float(near.sum())), float(np.median(cosines)), restless


def _detour(apart: NDArray[np.float32], given: float) -> float:
    """Return the given length over that of the shortest way that always goes to the nearest."""
    count = len(apart)
    # From every start at once: row s is the way that began at frame s.
    starts = np.arange(count)
    free = np.ones((count, count), bool)
    at, lengths = starts, np.zeros(count)
    for _ in range(count - 1):
        free[starts, at] = False
        following = np.where(free, apart[at], np.inf).argmin(axis=1)
        lengths += apart[at, following]
        at = following
    best = float(lengths.min())
    # A little on both sides: what encoding leaves of a still is no way.
    return (given + SAME * count / 8) / (best + SAME * count / 8)
