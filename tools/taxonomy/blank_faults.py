"""Garbage without a picture: one colour, whatever was asked for."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng, random_colour


def _all(clip: Clip, colour: tuple[int, int, int]) -> Clip:
    return np.broadcast_to(np.array(colour, np.uint8), clip.shape).copy()


def black(clip: Clip, _rng: Rng) -> Clip:
    """Black frames."""
    return _all(clip, (0, 0, 0))


def white(clip: Clip, _rng: Rng) -> Clip:
    """White frames."""
    return _all(clip, (255, 255, 255))


def grey(clip: Clip, _rng: Rng) -> Clip:
    """Middle grey: what zero becomes when -1 to 1 is mapped to 0 to 255."""
    return _all(clip, (127, 127, 127))


def green(clip: Clip, _rng: Rng) -> Clip:
    """Dark green: what Y, U and V of zero look like in RGB (BT.601, limited range)."""
    return _all(clip, (0, 135, 0))


def one_colour(clip: Clip, rng: Rng) -> Clip:
    """Some other single colour."""
    return _all(clip, tuple(random_colour(rng).astype(int).tolist()))
