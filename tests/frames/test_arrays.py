"""Float arrays become frames, and what is not a number becomes a finding."""

import numpy as np
import pytest

from compat.frames.arrays import frames_from_array


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_zero_to_one_becomes_zero_to_255(dtype):
    made = frames_from_array(np.linspace(0, 1, 2 * 8 * 8 * 3).reshape(2, 8, 8, 3).astype(dtype))
    assert (made.frames.min(), made.frames.max(), made.findings) == (0, 255, ())


def test_minus_one_to_one_is_recognised():
    made = frames_from_array(np.linspace(-1, 1, 192, dtype=np.float32).reshape(1, 8, 8, 3))
    assert made.frames[0, 0, 0, 0] == 0
    assert abs(int(np.median(made.frames)) - 128) <= 1


def test_the_caller_may_say_that_values_are_signed():
    half = np.zeros((1, 8, 8, 3), np.float32)
    assert frames_from_array(half, signed=True).frames.max() == 128
    assert frames_from_array(half, signed=False).frames.max() == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_found_and_black(bad):
    values = np.full((5, 8, 8, 3), 0.5, np.float32)
    values[2:4] = bad
    made = frames_from_array(values, signed=False, subject="vae")
    assert made.frames[2].max() == 0
    assert made.frames[1].min() == 128
    (finding,) = made.findings
    assert finding.message.startswith("frames 2-3: 100% of the values are NaN or infinite")
    assert str(finding.place) == "vae (frames 2-3)"


def test_uint8_passes_through_and_grey_gets_three_channels():
    grey = np.arange(64, dtype=np.uint8).reshape(1, 8, 8, 1)
    made = frames_from_array(grey)
    assert made.frames.shape == (1, 8, 8, 3)
    assert (made.frames[..., 1] == grey[..., 0]).all()


@pytest.mark.parametrize("shape", [(8, 8, 3), (1, 3, 8, 8), (1, 1, 3, 8, 8)])
def test_pictures_are_found_whatever_the_order_of_axes(shape):
    made = frames_from_array(np.zeros(shape, np.float32))
    assert made.frames.shape == (1, 8, 8, 3)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((8, 8), np.float32), ((1, 16, 5, 8, 8), np.float32), ((1, 8, 8, 3), complex),
     ((0, 8, 8, 3), np.uint8), ((2, 9, 8, 8, 3), np.uint8)],
)  # fmt: skip
def test_another_shape_or_type_is_refused(shape, dtype):
    with pytest.raises(ValueError, match="expected"):
        frames_from_array(np.zeros(shape, dtype))


@pytest.mark.parametrize(
    ("values", "middle"),
    [(np.float32, 0.5), (np.float64, 127.5), (np.uint16, 32768), (np.int64, 128), (bool, 1)],
)
def test_the_range_follows_the_values(values, middle):
    top = {"f": 1 if middle < 1 else 255, "u": 65535, "i": 255, "b": 1}[np.dtype(values).kind]
    frame = np.full((1, 8, 8, 3), middle).astype(values)
    frame[0, 0, 0] = top
    made = frames_from_array(frame).frames
    assert made.max() == 255
    assert abs(int(made[0, 5, 5, 0]) - (255 if values is bool else 128)) <= 1
