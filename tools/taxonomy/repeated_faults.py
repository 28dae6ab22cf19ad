"""Garbage over time that keeps every picture whole: it stands, repeats, or starts anew."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng, as_bytes, smoothed


def frozen(clip: Clip, rng: Rng) -> Clip:
    """One frame for the whole length."""
    return np.repeat(clip[int(rng.integers(len(clip)))][None], len(clip), axis=0)


def frozen_start(clip: Clip, rng: Rng) -> Clip:
    """The first third or half stands still, then it begins to move."""
    still = round(len(clip) * rng.uniform(0.35, 0.6))
    return np.concatenate([np.repeat(clip[:1], still, axis=0), clip[: len(clip) - still]])


def frozen_tail(clip: Clip, rng: Rng) -> Clip:
    """A good beginning, then the last frame for ever."""
    moves = max(2, round(len(clip) * rng.uniform(0.3, 0.5)))
    return np.concatenate([clip[:moves], np.repeat(clip[moves - 1][None], len(clip) - moves, 0)])


def looped(clip: Clip, _rng: Rng) -> Clip:
    """The first half once more instead of the second."""
    part = clip[: max(2, len(clip) // 2)]
    return np.concatenate([part] * (len(clip) // len(part) + 1))[: len(clip)]


def stuttering(clip: Clip, rng: Rng) -> Clip:
    """Every frame two or three times: half the motion at the right frame rate."""
    times = int(rng.integers(2, 4))
    return np.repeat(clip, times, axis=0)[: len(clip)]


def window_jumps(clip: Clip, rng: Rng) -> Clip:
    """Windows that know nothing of each other: place, side and tint change at every join."""
    size = max(3, len(clip) // int(rng.integers(3, 5)))
    parts = []
    for number, start in enumerate(range(0, len(clip), size)):
        part = clip[start : start + size]
        shift = (int(rng.integers(clip.shape[1] // 3)), int(rng.integers(clip.shape[2])))
        part = np.roll(part[:, :, :: (-1) ** number], shift, axis=(1, 2))
        parts.append(as_bytes(part * rng.uniform(0.6, 1.3, 3)))
    return np.concatenate(parts)


def window_pulse(clip: Clip, rng: Rng) -> Clip:
    """Soft and bright frames at every seam between two pieces of time."""
    period = int(rng.integers(4, 7))
    strength = np.maximum(0, 1 - np.abs((np.arange(len(clip)) % period) - period // 2) / 2)
    strength = strength[:, None, None, None]
    soft = smoothed(clip.astype(np.float32), 4)
    return as_bytes(clip * (1 - strength) + (soft * 1.18 + 8) * strength)
