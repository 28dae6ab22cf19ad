"""How many bad frames make a clip bad, and which of two opinions about frames counts."""

import numpy as np
import pytest

from compat.core.model import Severity
from compat.frames.detector import extent, graded

FRAMES = 30


def frames(*bad):
    mask = np.zeros(FRAMES, bool)
    mask[list(bad)] = True
    return mask


@pytest.mark.parametrize(
    ("bad", "severity"),
    [
        (range(20), Severity.HIGH),
        (range(25, 30), Severity.HIGH),
        (range(10, 13), Severity.MEDIUM),
        (range(10, 12), None),
        ((), None),
    ],
    ids=["most", "the whole end", "a stretch", "a flash", "none"],
)
def test_the_extent_says_how_bad_it_is(bad, severity):
    assert extent(frames(*bad)) is severity


def test_most_frames_beyond_doubt_are_high_whatever_else_is_in_doubt():
    certain = frames(*range(20))
    severity, taken = graded(certain, frames(*range(25)))
    assert severity is Severity.HIGH
    assert taken is certain


@pytest.mark.parametrize("certain", [(), range(3)], ids=["none certain", "few certain"])
def test_frames_in_doubt_are_medium_however_many(certain):
    doubtful = frames(*range(29))
    severity, taken = graded(frames(*certain), doubtful)
    assert severity is Severity.MEDIUM
    assert taken is doubtful


def test_too_few_of_either_are_nothing():
    assert graded(frames(4), frames(4, 5))[0] is None
