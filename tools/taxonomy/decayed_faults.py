"""Garbage that grows: every frame is a little worse than the one before."""

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.pictures import Clip, Rng, as_bytes, smoothed


def _growth(clip: Clip, power: float = 1.0) -> NDArray[np.float64]:
    return np.linspace(0, 1, len(clip))[:, None, None, None] ** power


def drifting_colours(clip: Clip, rng: Rng) -> Clip:
    """A tint that begins at nothing and covers the picture in the end."""
    tint = rng.permutation(np.array([1.55, 0.95, 0.5]))
    return as_bytes(clip * (1 + _growth(clip) * (tint - 1)))


def burning_in(clip: Clip, rng: Rng) -> Clip:
    """Contrast and saturation that rise with every window."""
    light = clip.mean(axis=3, keepdims=True)
    gain = 1 + _growth(clip) * rng.uniform(2.5, 4)
    vivid = light + (clip - light) * gain
    middle = clip.mean(axis=(1, 2, 3), keepdims=True)
    return as_bytes((vivid - middle) * gain**0.7 + middle)


def darkening(clip: Clip, rng: Rng) -> Clip:
    """Gamma that creeps to the dark side until little is left."""
    dark = 255 * (clip / 255.0) ** rng.uniform(5, 8)
    amount = _growth(clip)
    return as_bytes(clip * (1 - amount) + dark * amount)


def losing_detail(clip: Clip, rng: Rng) -> Clip:
    """Ever softer: what each window takes over from the last one is blurred a little more."""
    most = int(rng.integers(18, 30)) * clip.shape[1] // 128
    frames = [
        smoothed(frame[None].astype(np.float32), round(most * (t / max(1, len(clip) - 1)) ** 1.5))
        for t, frame in enumerate(clip)
    ]
    return as_bytes(np.concatenate(frames))


def gathering_grain(clip: Clip, rng: Rng) -> Clip:
    """Noise that each window takes for detail and adds to."""
    noise = smoothed(rng.normal(0, 1, clip.shape), 1)
    return as_bytes(clip + noise / noise.std() * rng.uniform(45, 70) * _growth(clip, 1.3))
