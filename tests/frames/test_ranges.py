"""Frame numbers are said the way a person says them."""

import pytest

from compat.frames.ranges import frame_ranges


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([3], "frame 3"),
        ([40, 41, 42], "frames 40-42"),
        ([9, 1, 2, 3, 7], "frames 1-3, 7, 9"),
        (range(0, 20, 2), "frames 0, 2, 4, 6 and 6 more"),
    ],
)
def test_numbers_become_ranges(numbers, said):
    assert frame_ranges(numbers) == said
