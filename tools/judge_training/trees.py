"""Turns scikit-learn's boosted trees into the data file that the judge reads."""

from math import floor, isfinite, log10
from typing import Any

import numpy as np

DIGITS = 5


def trees_as_data(model: Any, features: list[str]) -> dict[str, object]:
    """Return features, trees and bias of a fitted HistGradientBoostingClassifier, without unused.

    The value of an inner node becomes the mean of its leaves weighted by their training clips, so
    that every step of a path has a meaning of its own.
    """
    trees = [stage[0].nodes for stage in model._predictors]
    used = sorted(
        {int(node["feature_idx"]) for nodes in trees for node in nodes if not node["is_leaf"]}
    )
    place = {feature: number for number, feature in enumerate(used)}
    widest = max(len(nodes) for nodes in trees)
    table: dict[str, list[list[object]]] = {
        name: [] for name in ("feature", "threshold", "missing_left", "left", "right", "value")
    }
    bias = float(np.ravel(model._baseline_prediction)[0])
    for nodes in trees:
        values = _mean_values(nodes)
        bias += values[0]
        rows = [_row(node, place, values[number]) for number, node in enumerate(nodes)]
        rows += [(-1, 0.0, 0, 0, 0, 0.0)] * (widest - len(nodes))
        for name, column in zip(table, zip(*rows, strict=True), strict=True):
            table[name].append(list(column))
    return {
        "features": [features[feature] for feature in used],
        "bias": round(bias, DIGITS),
        "trees": table,
    }


def _row(node: Any, place: dict[int, int], value: float) -> tuple[object, ...]:
    if node["is_leaf"]:
        return -1, 0.0, 0, 0, 0, round(value, DIGITS)
    threshold = rounded_up(float(node["num_threshold"]))
    return (
        place[int(node["feature_idx"])], threshold, int(node["missing_go_to_left"]),
        int(node["left"]), int(node["right"]), round(value, DIGITS),
    )  # fmt: skip


def rounded_up(threshold: float) -> float:
    """Return a threshold with six digits that is not below the given one.

    A threshold may be the very value of a training clip, which goes left.
    """
    short = float(f"{threshold:.6g}")
    if not isfinite(threshold) or short >= threshold:
        return short
    return float(f"{short + 10.0 ** (floor(log10(abs(threshold))) - 5):.6g}")


def _mean_values(nodes: Any) -> list[float]:
    values = [float(node["value"]) for node in nodes]
    # Children stand after their parents.
    for number in range(len(nodes) - 1, -1, -1):
        node = nodes[number]
        if not node["is_leaf"]:
            left, right = int(node["left"]), int(node["right"])
            shares = float(nodes[left]["count"]), float(nodes[right]["count"])
            values[number] = (values[left] * shares[0] + values[right] * shares[1]) / sum(shares)
    return values
