"""The score itself: shallow trees from a data file, evaluated with their reasons."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from compat.frames.score.features import measure_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DATA = "garbage_score.json"
# The calibration was made with as much garbage as good clips. Of renders that end without an error
# far fewer are garbage; one in ten is our guess, and the only number here that is not measured.
PRIOR = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Shallow decision trees over named features, one row per tree, one column per node.

    ``feature`` is -1 at a leaf; a value goes left when it is at most ``threshold``, and a missing
    one when ``missing_left`` says so. ``value`` is the mean outcome below each node in log-odds, so
    that each step of a path changes it by something that can be blamed on a feature.
    """

    features: tuple[str, ...]
    feature: Integers
    threshold: Floats
    missing_left: NDArray[np.bool_]
    left: Integers
    right: Integers
    value: Floats

    def contributions(self, rows: Floats) -> Floats:
        """Return what each feature adds to the log-odds of each row: [rows, features]."""
        blame = np.zeros(rows.shape)
        trees = np.arange(len(self.feature))
        places = np.arange(len(rows))[:, None]
        at = np.zeros((len(rows), trees.size), np.int64)
        while True:
            chosen = self.feature[trees, at]
            inner = chosen >= 0
            if not inner.any():
                return blame
            asked = np.where(inner, chosen, 0)
            values = rows[places, asked]
            with np.errstate(invalid="ignore"):
                goes_left = values <= self.threshold[trees, at]
            goes_left = np.where(np.isnan(values), self.missing_left[trees, at], goes_left)
            following = np.where(goes_left, self.left[trees, at], self.right[trees, at])
            following = np.where(inner, following, at)
            change = self.value[trees, following] - self.value[trees, at]
            np.add.at(
                blame, (np.broadcast_to(places, asked.shape), asked), np.where(inner, change, 0)
            )
            at = following


@dataclass(frozen=True, slots=True, kw_only=True)
class GarbageScore:
    """The trees, their bias, how log-odds become a probability, and the two limits.

    ``garbage`` and ``suspect`` are log-odds above which a clip is called so; ``calibration`` maps
    log-odds (rising) to the share of garbage among clips that no tree had seen.
    """

    trees: Trees
    bias: float
    garbage: float
    suspect: float
    calibration: tuple[tuple[float, float], ...]

    def log_odds(self, rows: Floats) -> Floats:
        """Return the log-odds of each row of features, in the order of ``trees.features``."""
        total: Floats = self.trees.contributions(rows).sum(axis=1) + self.bias
        return total

    def row(self, features: Mapping[str, float]) -> Floats:
        """Return the features the trees ask for as one row, NaN where one is not given."""
        names = self.trees.features
        return np.array([[features.get(name, np.nan) for name in names]], np.float64)

    def reasons(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return what each measure adds to the log-odds, the largest first.

        The three ends of a measure (low, middle, high) speak with one voice.
        """
        summed: dict[str, float] = {}
        for name, value in zip(
            self.trees.features, self.trees.contributions(self.row(features))[0], strict=True
        ):
            measure = measure_of(name)
            summed[measure] = summed.get(measure, 0.0) + float(value)
        return dict(sorted(summed.items(), key=lambda item: -item[1]))

    def probability(self, log_odds: float) -> float:
        """Return the probability of garbage where ``PRIOR`` of all renders are, 0 to 1."""
        xs, ys = zip(*self.calibration, strict=True)
        even = float(np.interp(log_odds, xs, ys))
        return even * PRIOR / (even * PRIOR + (1 - even) * (1 - PRIOR))

    def frame_log_odds(self, rows: Floats) -> Floats:
        """Return the log-odds of frames; what a frame has no value of says nothing of it."""
        blame = np.where(np.isnan(rows), 0, self.trees.contributions(rows))
        total: Floats = blame.sum(axis=1) + self.bias
        return total


@cache
def garbage_score() -> GarbageScore:
    """Return the score that ships with the package."""
    text = files("compat.frames.score").joinpath(DATA).read_text(encoding="utf-8")
    return from_data(json.loads(text))


def from_data(data: Mapping[str, object]) -> GarbageScore:
    """Read what :func:`to_data` of the training tool wrote."""
    trees = data["trees"]
    if not isinstance(trees, Mapping):
        raise TypeError("the score's trees are not an object")
    return GarbageScore(
        trees=Trees(
            features=tuple(data["features"]),  # type: ignore[arg-type]
            feature=np.array(trees["feature"], np.int64),
            threshold=np.array(trees["threshold"], np.float64),
            missing_left=np.array(trees["missing_left"], bool),
            left=np.array(trees["left"], np.int64),
            right=np.array(trees["right"], np.int64),
            value=np.array(trees["value"], np.float64),
        ),
        bias=float(data["bias"]),  # type: ignore[arg-type]
        garbage=float(data["garbage"]),  # type: ignore[arg-type]
        suspect=float(data["suspect"]),  # type: ignore[arg-type]
        calibration=tuple((float(x), float(y)) for x, y in data["calibration"]),  # type: ignore[attr-defined]
    )
