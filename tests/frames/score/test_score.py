"""The shipped score is readable data whose parts add up to what it says."""

import numpy as np
import pytest

from compat.frames.measures import measure_clip
from compat.frames.score.features import clip_features, frame_rows, measure_of
from compat.frames.score.model import GarbageScore, Trees, from_data, garbage_score
from compat.frames.score.words import WORDS, sentence, stage_of

ONE_SPLIT = {
    "features": ["a", "b low"],
    "bias": -1.0,
    "garbage": 2.0,
    "suspect": 0.5,
    "calibration": [[-2.0, 0.1], [2.0, 0.9]],
    "trees": {
        "feature": [[0, -1, -1], [1, -1, -1]],
        "threshold": [[0.5, 0, 0], [3.0, 0, 0]],
        "missing_left": [[0, 0, 0], [1, 0, 0]],
        "left": [[1, 0, 0], [1, 0, 0]],
        "right": [[2, 0, 0], [2, 0, 0]],
        "value": [[0, -2.0, 2.0], [0, 1.0, -1.0]],
    },
}


@pytest.fixture
def tiny() -> GarbageScore:
    return from_data(ONE_SPLIT)


@pytest.mark.parametrize(
    ("features", "log_odds"),
    [
        ({"a": 0.0, "b low": 0.0}, -2.0),
        ({"a": 1.0, "b low": 0.0}, 2.0),
        ({"a": 0.5, "b low": 9.0}, -4.0),
        # Missing: right in the first tree, left in the second.
        ({}, 2.0),
    ],
)
def test_a_tree_is_walked_as_it_is_written(tiny, features, log_odds):
    assert tiny.log_odds(tiny.row(features)).tolist() == [log_odds]


def test_reasons_name_measures_and_add_up(tiny):
    assert tiny.reasons({"a": 1.0, "b low": 0.0}) == {"a": 2.0, "b": 1.0}


def test_probability_follows_the_calibration_and_the_prior(tiny):
    # Even odds become one in ten; nine to one become even.
    assert [tiny.probability(odds) for odds in (-9, 0, 9)] == pytest.approx([1 / 82, 0.1, 0.5])


def test_what_a_frame_has_no_value_of_says_nothing_of_it(tiny):
    assert tiny.frame_log_odds(tiny.row({})).tolist() == [-1.0]
    assert tiny.frame_log_odds(tiny.row({"a": 1.0})).tolist() == [1.0]


def test_every_measure_of_the_shipped_score_has_words():
    measures = {measure_of(feature) for feature in garbage_score().trees.features}
    assert measures - set(WORDS) == set()


def test_the_shipped_limits_and_calibration_rise():
    score = garbage_score()
    assert score.suspect < score.garbage
    odds, shares = zip(*score.calibration, strict=True)
    assert list(odds) == sorted(odds)
    assert list(shares) == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] > 0.9


def test_the_shipped_score_is_small_and_shallow():
    trees = garbage_score().trees
    assert isinstance(trees, Trees)
    assert trees.feature.size < 4000


def test_the_parts_of_the_shipped_score_add_up(clips):
    measures = measure_clip(clips("landscape"))
    features = clip_features(measures.per_frame, measures.order)
    score = garbage_score()
    total = sum(score.reasons(features).values()) + score.bias
    assert total == pytest.approx(score.log_odds(score.row(features))[0])


def test_noise_scores_above_a_landscape(clips):
    score = garbage_score()

    def odds(name):
        measures = measure_clip(clips(name))
        return score.log_odds(score.row(clip_features(measures.per_frame, measures.order)))[0]

    assert odds("latent noise") > score.garbage > score.suspect > odds("landscape")


def test_each_frame_is_scored_as_if_the_clip_were_like_it(clips):
    measures = measure_clip(clips("good, then noise"))
    score = garbage_score()
    odds = score.frame_log_odds(frame_rows(measures.per_frame, score.trees.features))
    assert odds[8:].min() > odds[:8].max()


def test_what_belongs_to_the_clip_blames_no_frame():
    rows = frame_rows({"a": np.array([1.0, np.nan])}, ["a high", "a", "loop_score"])
    np.testing.assert_array_equal(rows, [[1, 1, np.nan], [np.nan, np.nan, np.nan]])


@pytest.mark.parametrize(
    ("measure", "stage"),
    [("lattice_8", "layout"), ("chroma_share", "decode"), ("kurtosis_8", "latent")],
)
def test_a_measure_points_to_a_stage(measure, stage):
    assert stage_of(measure) == stage


def test_a_sentence_says_measure_and_value():
    assert sentence("kurtosis_8", 0.5) == "rarity of edges at 1/8 size 0.5"
    assert sentence("kurtosis_8", float("nan")).endswith("not measurable")
