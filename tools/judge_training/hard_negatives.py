"""Legitimate clips that look like garbage to simple measures, made from good clips.

Each function takes a clip (uint8 [T, H, W, 3]) and a generator of random numbers. ``NEGATIVES``
are good whatever one thinks of their beauty; none may be called garbage.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.pictures import as_bytes, smoothed

Clip = NDArray[np.uint8]
Rng = np.random.Generator


def plain(clip: Clip, _rng: Rng) -> Clip:
    """The clip as it is: only its size and its encoding are new."""
    return clip


def grain(clip: Clip, rng: Rng) -> Clip:
    """Film grain or sensor noise."""
    noise = smoothed(
        rng.normal(0, 1, (*clip.shape[:3], 1 if rng.random() < 0.6 else 3)), int(rng.integers(0, 2))
    )
    return as_bytes(clip + noise / noise.std() * rng.uniform(5, 22))


def snowfall(clip: Clip, rng: Rng) -> Clip:
    """Falling flakes or rain over the whole frame."""
    count, height, width = clip.shape[:3]
    flakes = int(height * width * rng.uniform(0.0008, 0.004))
    y, x = rng.uniform(0, height, flakes), rng.uniform(0, width, flakes)
    speed, length = rng.uniform(2, 9, flakes), int(rng.choice([1, 2, 3, 12]))
    spoilt = clip.copy()
    for t in range(count):
        rows = ((y + speed * t) % height).astype(int)
        columns = ((x + rng.normal(0, 1) * t / 3) % width).astype(int)
        for part in range(length):
            spoilt[t, (rows + part) % height, columns] = np.maximum(
                spoilt[t, (rows + part) % height, columns], 215
            )
            spoilt[t, rows, (columns + min(part, 1)) % width] = 225
    return spoilt


def confetti(clip: Clip, rng: Rng) -> Clip:
    """Coloured paper over the picture."""
    count, height, width = clip.shape[:3]
    pieces = int(rng.integers(80, 500))
    y, x, speed = (
        rng.uniform(0, height, pieces),
        rng.uniform(0, width, pieces),
        rng.uniform(1, 6, pieces),
    )
    colours, sides = rng.integers(30, 255, (pieces, 3)), rng.integers(2, 8, pieces)
    spoilt = clip.copy()
    for t in range(count):
        for top, left, side, colour in zip(
            (y + speed * t) % height, x, sides, colours, strict=True
        ):
            spoilt[t, int(top) : int(top) + side, int(left) : int(left) + side] = colour
    return spoilt


def fade(clip: Clip, rng: Rng) -> Clip:
    """A fade in, out, or both, from black or white."""
    length = len(clip)
    light = np.clip(np.linspace(0, rng.uniform(1, 3), length), 0, 1)
    light = light if rng.random() < 0.5 else light[::-1]
    light = light[:, None, None, None]
    return as_bytes(clip * light + 255 * (1 - light) * (rng.random() < 0.2))


def dark(clip: Clip, rng: Rng) -> Clip:
    """Night: little light, some noise."""
    return as_bytes(clip * rng.uniform(0.12, 0.35) + rng.normal(0, rng.uniform(0.5, 4), clip.shape))


def fog(clip: Clip, rng: Rng) -> Clip:
    """Low contrast and haze."""
    share = rng.uniform(0.15, 0.4)
    return as_bytes(clip * share + (1 - share) * rng.uniform(120, 230))


def sharpened(clip: Clip, rng: Rng) -> Clip:
    """Overdone sharpening and contrast."""
    values = clip.astype(np.float32)
    return as_bytes(values + rng.uniform(1, 3) * (values - smoothed(values, 1)))


def posterised(clip: Clip, rng: Rng) -> Clip:
    """Few colours on purpose: cartoon, gif palette, old hardware."""
    levels = int(rng.integers(3, 9))
    return as_bytes(np.rint(clip / 255 * (levels - 1)) * 255 / (levels - 1))


def pixel_art(clip: Clip, rng: Rng) -> Clip:
    """Large square pixels."""
    side = int(rng.choice([4, 6, 8]))
    small = clip[:, ::side, ::side]
    return small.repeat(side, axis=1).repeat(side, axis=2)[:, : clip.shape[1], : clip.shape[2]]


def grey(clip: Clip, _rng: Rng) -> Clip:
    """Black and white."""
    return np.repeat(clip.mean(axis=3, keepdims=True), 3, axis=3).astype(np.uint8)


def tinted(clip: Clip, rng: Rng) -> Clip:
    """Sepia, night vision, a gel over the lens."""
    light = clip.mean(axis=3, keepdims=True)
    return as_bytes(light * rng.uniform(0.3, 1.1, 3))


def saturated(clip: Clip, rng: Rng) -> Clip:
    """Strong colours."""
    light = clip.mean(axis=3, keepdims=True)
    return as_bytes(light + (clip - light) * rng.uniform(1.6, 2.8))


def letterbox(clip: Clip, rng: Rng) -> Clip:
    """Black bars above and below or at the sides."""
    framed = clip.copy()
    bar = int(clip.shape[1] * rng.uniform(0.1, 0.25))
    if rng.random() < 0.7:
        framed[:, :bar] = framed[:, -bar:] = 0
    else:
        framed[:, :, :bar] = framed[:, :, -bar:] = 0
    return framed


def soft(clip: Clip, rng: Rng) -> Clip:
    """Out of focus."""
    return as_bytes(smoothed(clip.astype(np.float32), int(rng.integers(2, 12))))


def strobe(clip: Clip, rng: Rng) -> Clip:
    """Disco light: bright and dark by turns."""
    period = int(rng.integers(2, 6))
    light = np.where(np.arange(len(clip)) % period == 0, 1.6, rng.uniform(0.4, 0.9))
    return as_bytes(clip * light[:, None, None, None])


def shaken(clip: Clip, rng: Rng) -> Clip:
    """A camera in an unsteady hand."""
    steps = np.cumsum(rng.normal(0, 3, (len(clip), 2)), axis=0).clip(-12, 12).astype(int)
    edge = 14
    padded = clip[:, edge:-edge, edge:-edge]
    rows, columns = padded.shape[1], padded.shape[2]
    return np.stack(
        [
            frame[edge + dy : edge + dy + rows, edge + dx : edge + dx + columns]
            for frame, (dy, dx) in zip(clip, steps, strict=True)
        ]
    )


def zoomed(clip: Clip, rng: Rng) -> Clip:
    """A close-up: a part of the picture, enlarged without smoothing and slowly moving."""
    height, width = (side // 3 for side in clip.shape[1:3])
    top, left = (int(rng.integers(0, side // 2)) for side in clip.shape[1:3])
    frames = [
        frame[top + t % 20 : top + t % 20 + height, left : left + width]
        for t, frame in enumerate(clip)
    ]
    return np.stack(frames).repeat(2, axis=1).repeat(2, axis=2)


def captioned(clip: Clip, rng: Rng) -> Clip:
    """Large lettering over the picture."""
    marked = clip.copy()
    for _ in range(int(rng.integers(1, 4))):
        top = int(rng.integers(0, clip.shape[1] * 3 // 4))
        size = int(rng.integers(6, 20))
        for left in range(10, clip.shape[2] - 10, size):
            if rng.random() < 0.75:
                marked[:, top : top + size, left : left + max(2, size // 5)] = 245
            if rng.random() < 0.5:
                marked[:, top : top + 2, left : left + size * 3 // 4] = 245
    return marked


def mosaic(clip: Clip, rng: Rng) -> Clip:
    """Split screen: the same and other moments side by side, as comparison videos show them."""
    times = int(rng.choice([2, 3]))
    small = clip[:, ::times, ::times]
    row = np.concatenate([np.roll(small, 5 * part, axis=0) for part in range(times)], axis=2)
    return np.concatenate([row] * times, axis=1)


def cut_together(clip: Clip, _rng: Rng) -> Clip:
    """Short shots: pieces from the beginning, middle and end, mirrored so that they differ."""
    third = max(2, len(clip) // 3)
    return np.concatenate(
        [clip[:third], clip[third : 2 * third, :, ::-1], 255 - clip[-third:] // 2]
    )


NEGATIVES: Mapping[str, Callable[[Clip, Rng], Clip]] = {
    f.__name__: f
    for f in (
        plain,
        grain,
        snowfall,
        confetti,
        fade,
        dark,
        fog,
        sharpened,
        posterised,
        pixel_art,
        grey,
        tinted,
        saturated,
        letterbox,
        soft,
        strobe,
        shaken,
        zoomed,
        captioned,
        mosaic,
        cut_together,
    )
}
