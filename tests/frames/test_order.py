"""Order, loops and cuts are told from thumbnails."""

import numpy as np
import pytest

from compat.frames.order import NAMES, order_measures
from compat.frames.scales import averaged_by_four, thumbnail


def thumbnails(clip):
    return [thumbnail(averaged_by_four(frame)) for frame in clip]


@pytest.fixture
def panned(clips):
    return thumbnails(clips("landscape"))


def test_in_a_pan_the_nearest_frame_is_a_neighbour(panned):
    measured = order_measures(panned)
    assert measured["nearest_share"] == 1
    assert measured["neighbour_ratio"] < 0.5
    assert measured["smoothness"] > 1.5


def test_in_shuffled_frames_it_is_any_other(panned):
    shuffled = [panned[place] for place in np.random.default_rng(3).permutation(len(panned))]
    measured = order_measures(shuffled)
    assert measured["nearest_share"] < 0.4
    assert measured["neighbour_ratio"] > 0.8


def test_a_loop_is_found_with_its_length(panned):
    measured = order_measures(panned[:12] * 4)
    assert measured["loop_score"] > 0.95
    assert measured["loop_length"] == 12


def test_a_pan_is_no_loop(panned):
    assert order_measures(panned)["loop_score"] < 0.5


def test_few_frames_say_nothing_of_order(panned):
    assert list(order_measures(panned[:4])) == list(NAMES)
    assert np.isnan(list(order_measures(panned[:4]).values())).all()


def test_no_frames_at_all_say_nothing():
    assert np.isnan(list(order_measures([]).values())).all()


def test_a_long_clip_is_measured_in_stretches(panned):
    long = [small + np.float16(t / 4) for t, small in enumerate(panned * 12)]
    assert order_measures(long)["nearest_share"] > 0.9
