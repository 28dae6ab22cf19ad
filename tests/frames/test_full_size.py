"""The pass over bytes gives what the plain formulas give."""

import numpy as np
import pytest

from compat.frames.full_size import BAND, JUMP, full_size
from compat.frames.sums import columns_of, gradient_correlation, product_sum, spread


def pictures():
    rng = np.random.default_rng(0)
    for shape in [(8, 8), (9, 31), (BAND, 40), (BAND + 1, 33), (2 * BAND + 5, 100)]:
        yield rng.integers(0, 256, shape, np.uint8)
        yield np.full(shape, 255, np.uint8)
        yield (rng.normal(0, 2, shape) + 128).astype(np.uint8)


@pytest.mark.parametrize("picture", list(pictures()))
def test_the_pass_agrees_with_plain_formulas(picture):
    full, plain = full_size(picture), picture.astype(np.float64)
    across, down = np.diff(plain, axis=1), np.diff(plain, axis=0)
    assert full.energy_h == pytest.approx(np.square(across).mean(), rel=1e-6)
    assert full.energy_v == pytest.approx(np.square(down).mean(), rel=1e-6)
    assert full.columns == pytest.approx(np.abs(across).mean(axis=0), rel=1e-6)
    assert full.rows == pytest.approx(np.abs(down).mean(axis=1), rel=1e-6)
    assert full.signed_columns == pytest.approx(across.mean(axis=0), abs=1e-4)
    assert full.signed_rows == pytest.approx(down.mean(axis=1), abs=1e-4)
    assert full.jump_share == (np.abs(across) > JUMP).mean()
    for lag, energy in enumerate(full.lags, 1):
        expected = np.square(plain[::4, lag:] - plain[::4, :-lag]).mean()
        assert energy == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("picture", list(pictures()))
def test_blocks_agree_with_plain_formulas(picture):
    height, width = (side // 8 for side in picture.shape)
    cut = picture[: height * 8, : width * 8].astype(np.float64)
    blocks = cut.reshape(height, 8, width, 8)
    full = full_size(picture)
    assert full.means == pytest.approx(blocks.mean(axis=(1, 3)), rel=1e-6)
    assert full.stds == pytest.approx(blocks.std(axis=(1, 3)), abs=1e-3)
    assert full.variance == pytest.approx(cut.var(), rel=1e-4, abs=1e-4)


def test_sums_agree_with_numpy():
    rng = np.random.default_rng(0)
    one = rng.normal(0, 9, (50, 70)).astype(np.float32)
    other = (one + rng.normal(0, 9, one.shape)).astype(np.float32)
    assert product_sum(one, other) == pytest.approx(float((one * other).sum()), rel=1e-5)
    assert spread(one + 200) == pytest.approx(float(one.std()), rel=1e-4)
    expected = np.corrcoef(one.ravel(), other.ravel())[0, 1]
    assert gradient_correlation(one, other, 0.1) == pytest.approx(expected, abs=1e-5)
    windows = columns_of(one).correlation(slice(3, None), slice(None, -3), 0.1)
    assert windows == pytest.approx(np.corrcoef(one[:, 3:].ravel(), one[:, :-3].ravel())[0, 1])


def test_no_contrast_gives_no_correlation():
    flat = np.zeros((9, 9), np.float32)
    assert np.isnan(gradient_correlation(flat, flat, 0.1))
    assert np.isnan(columns_of(flat).correlation(slice(1, None), slice(None, -1), 0.1))
    assert np.isnan(columns_of(flat).correlation(slice(9, None), slice(None, 0), 0.1))
