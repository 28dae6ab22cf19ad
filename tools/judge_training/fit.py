"""Fits the judge's score on measured clips, says how well it does on what it never saw.

    python -m tools.judge_training.fit MEASURED [--out SCORE.json] [--report REPORT.md] [--docs DOC]

MEASURED is what ``tools.judge_training.extract`` wrote. Every figure is out of fold: neither the
source of a clip's pictures nor its kind of garbage (with its kin, see folds.py) stood in training,
and the limits of a fold were chosen on the other folds. scikit-learn does the fitting; the result
is data that numpy evaluates.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.folds import fold_of, kin_of
from tools.judge_training.measured import MeasuredClip, load
from tools.judge_training.report import report, tables
from tools.judge_training.trees import trees_as_data

FOLDS = 8
BEGIN, END = "<!-- written by tools.judge_training.fit -->", "<!-- until here -->"
# Pictures are right in these kinds and only motion is missing: told where motion is ordered.
STILL_KINDS = frozenset({"frozen", "frozen_tail", "lat_frozen"})
# Shallow trees with strong shrinkage: with some thousand clips of forty kinds, depth buys nothing
# on unseen kinds.
SETTINGS: dict[str, Any] = {
    "max_depth": 3, "max_iter": 160, "learning_rate": 0.08, "min_samples_leaf": 20,
    "l2_regularization": 5.0, "max_features": 0.25, "max_bins": 63, "early_stopping": False,
    "random_state": 0,
}  # fmt: skip
# What a made clip counts against a given one. Made garbage only widens what the trees see: with
# more than half the trees learn our generators (89 % of the moving garbage stopped at equal false
# stops, and not 91 %). Made good clips keep small and plain ones from being stopped.
MADE_GARBAGE, MADE_GOOD = 0.15, 1.0
# False stops out of fold that the limit for garbage may cost, and suspects that the other may.
MOST_STOPPED = {"natural": 0.007, "graphic": 0.008, "made": 0.08}
MOST_SUSPECT = {"natural": 0.015, "graphic": 0.025, "made": 0.12}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Out-of-fold log-odds of each clip and the limits that held for it."""

    log_odds: Floats
    garbage: Floats
    suspect: Floats


def weights(clips: list[MeasuredClip]) -> Floats:
    """Return weights that let no source or kind dominate, and both sides weigh the same."""
    groups = [clip.kind if clip.garbage else clip.source + clip.kind * clip.made for clip in clips]
    sizes = {group: groups.count(group) for group in set(groups)}
    raw = np.array(
        [sizes[group] ** -0.4 * _counts(clip) for clip, group in zip(clips, groups, strict=True)]
    )
    bad = np.array([clip.garbage for clip in clips])
    for side in (bad, ~bad):
        raw[side] *= len(raw) / 2 / raw[side].sum()
    return raw


def _counts(clip: MeasuredClip) -> float:
    if not clip.made:
        return 1.0
    return MADE_GARBAGE if clip.garbage else MADE_GOOD


def usable_for_training(clip: MeasuredClip) -> bool:
    """Whether a clip's label says what its measures can show.

    Not border cases, not stills, and no clip that was made from a good one so roughly that the
    rules take it for garbage: it may well be.
    """
    spoilt = clip.made and not clip.garbage and clip.rule == "high"
    return clip.label != "border" and clip.kind not in STILL_KINDS and not spoilt


def fitted(clips: list[MeasuredClip]) -> Any:
    """Return the fitted trees."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(**SETTINGS)
    rows = np.stack([clip.row for clip in clips])
    return model.fit(rows, [clip.garbage for clip in clips], sample_weight=weights(clips))


def log_odds(model: Any, clips: list[MeasuredClip]) -> Floats:
    """Return the log-odds the trees give each clip."""
    result: Floats = model.decision_function(np.stack([clip.row for clip in clips]))
    return result


def out_of_fold(clips: list[MeasuredClip]) -> tuple[Floats, NDArray[np.int64]]:
    """Return log-odds from trees that saw neither the clip's source nor its kind, and its fold."""
    own = np.array([fold_of(kin_of(c.kind) if c.garbage else c.source, FOLDS) for c in clips])
    source = np.array([fold_of(c.source, FOLDS) if c.source else -1 for c in clips])
    usable = np.array([usable_for_training(clip) for clip in clips])
    scores = np.full(len(clips), np.nan)
    for fold in range(FOLDS):
        train = usable & (own != fold) & (source != fold)
        test = own == fold
        model = fitted([clip for clip, use in zip(clips, train, strict=True) if use])
        scores[test] = log_odds(model, [clip for clip, use in zip(clips, test, strict=True) if use])
    return scores, own


def limit(clips: list[MeasuredClip], scores: Floats, most: dict[str, float]) -> float:
    """Return the lowest limit above which no group of good clips has more than its share.

    Clips that a rule stops anyway are left to the rules: no limit of the score can save them.
    """
    needed = []
    for group, share in most.items():
        inside = [n for n, c in enumerate(clips) if c.good_group == group and c.rule != "high"]
        if inside:
            falling = np.sort(scores[inside])[::-1]
            needed.append(float(falling[int(share * len(falling))]))
    return max(needed) + 1e-6


def scored(clips: list[MeasuredClip]) -> Scored:
    """Return out-of-fold log-odds, each with limits that were chosen on the other folds."""
    scores, own = out_of_fold(clips)
    limits = np.zeros((2, len(clips)))
    for fold in range(FOLDS):
        others = [clip for clip, place in zip(clips, own, strict=True) if place != fold]
        for row, most in enumerate((MOST_STOPPED, MOST_SUSPECT)):
            limits[row, own == fold] = limit(others, scores[own != fold], most)
    return Scored(log_odds=scores, garbage=limits[0], suspect=limits[1])


def calibration(clips: list[MeasuredClip], scores: Floats) -> list[list[float]]:
    """Return the knots of an isotonic curve from log-odds to the share of garbage.

    Both sides count the same: the probability is that of a clip about which nothing else is known.
    """
    from sklearn.isotonic import IsotonicRegression

    kept = [n for n, clip in enumerate(clips) if clip.label != "border" and not clip.made]
    bad = np.array([clips[n].garbage for n in kept])
    weight = np.where(bad, 0.5 / bad.sum(), 0.5 / (~bad).sum())
    curve = IsotonicRegression(y_min=0.005, y_max=0.995, out_of_bounds="clip")
    curve.fit(scores[kept], bad, sample_weight=weight)
    knots = np.quantile(scores[kept], np.linspace(0, 1, 25))
    shares = np.maximum.accumulate(curve.predict(knots))
    return [[round(float(x), 4), round(float(y), 4)] for x, y in zip(knots, shares, strict=True)]


def score_data(clips: list[MeasuredClip], result: Scored) -> dict[str, object]:
    """Return the data file of the score, fitted on everything."""
    used = [clip for clip in clips if usable_for_training(clip)]
    data = trees_as_data(fitted(used), list(clips[0].names))
    sources = {clip.source for clip in used if not clip.garbage}
    kinds = {clip.kind for clip in used if clip.garbage}
    return {
        "about": "log-odds of garbage from measures of a clip; see docs/judge.md",
        "training": {
            "clips": len(used),
            "sources": len(sources),
            "kinds": len(kinds),
            "settings": SETTINGS,
            "made_counts": [MADE_GARBAGE, MADE_GOOD],
            "most_stopped": MOST_STOPPED,
            "most_suspect": MOST_SUSPECT,
            "folds": FOLDS,
        },
        "garbage": round(limit(clips, result.log_odds, MOST_STOPPED), 4),
        "suspect": round(limit(clips, result.log_odds, MOST_SUSPECT), 4),
        "calibration": calibration(clips, result.log_odds),
        **data,
    }


def write_between(page: Path, lines: Iterable[str]) -> None:
    """Replace what stands between the two marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, behind = rest.partition(END)
    body = "\n".join(lines)
    page.write_text(f"{before}{BEGIN}\n{body}\n\n{END}{behind}", encoding="utf-8")


def main() -> None:
    """Fit, judge out of fold, write the score and the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("measured", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--docs", type=Path, help="Markdown page that holds the tables")
    arguments = parser.parse_args()
    clips = load(arguments.measured)
    result = scored(clips)
    over = (result.log_odds > result.garbage, result.log_odds > result.suspect)
    text = "\n".join(report(clips, *over))
    print(text)
    if arguments.report:
        arguments.report.write_text(text + "\n", encoding="utf-8")
    if arguments.docs:
        write_between(arguments.docs, tables(clips, *over))
    if arguments.out:
        data = score_data(clips, result)
        arguments.out.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
