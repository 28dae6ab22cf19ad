"""How fast frames are measured: at least 60 frames a second of 832x480 on one core."""

import numpy as np
import pytest

from compat.frames.judge import judge

FRAMES = 16


@pytest.fixture
def noise_832x480():
    # Noise is the slowest content: every branch of every measure is taken.
    return np.random.default_rng(0).integers(0, 256, (FRAMES, 480, 832, 3), np.uint8)


def test_measuring_every_frame_at_832x480(benchmark, noise_832x480):
    benchmark.extra_info["frames"] = FRAMES
    benchmark(judge, noise_832x480)
