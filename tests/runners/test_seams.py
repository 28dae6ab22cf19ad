"""Windows join without a seam."""

import numpy as np
import pytest

from runners.seams import blend, context_for, seam_step


def flat(value, count=8):
    return np.full((count, 4, 4, 3), value, np.uint8)


def test_the_blend_goes_evenly_from_one_to_the_other():
    levels = blend(flat(0), flat(90))[:, 0, 0, 0]
    assert levels.tolist() == [10, 20, 30, 40, 50, 60, 70, 80]


def test_equal_frames_stay_as_they_are():
    assert (blend(flat(77), flat(77)) == 77).all()


@pytest.mark.parametrize(("first_new", "context"), [(0, 0), (2, 2), (3, 3), (5, 3), (50, 3)])
def test_context_is_what_is_there_up_to_three(first_new, context):
    assert context_for(first_new) == context


def test_a_smooth_join_has_a_step_of_about_one():
    ramp = np.stack([np.full((4, 4, 3), level, np.uint8) for level in range(0, 80, 4)])
    assert seam_step(ramp[:10], ramp[10:]) == pytest.approx(1.0)


def test_a_jump_shows():
    ramp = np.stack([np.full((4, 4, 3), level, np.uint8) for level in range(0, 40, 4)])
    assert seam_step(ramp, ramp + 100) > 10
