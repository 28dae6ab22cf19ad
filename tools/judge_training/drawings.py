"""Good graphic clips drawn from nothing: cartoons, charts, lettering, line art, particles.

Each function takes a size and a generator of random numbers and returns uint8 [T, H, W, 3].
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.pictures import as_bytes, smoothed

Clip = NDArray[np.uint8]
Rng = np.random.Generator
Draw = Callable[[int, int, int, Rng], Clip]


def _paper(height: int, width: int, rng: Rng) -> NDArray[np.float64]:
    one, other = rng.uniform(0, 255, (2, 3))
    if rng.random() < 0.5:
        other = one
    ramp = (
        np.linspace(0, 1, height)[:, None, None]
        if rng.random() < 0.5
        else np.linspace(0, 1, width)[None, :, None]
    )
    return one + ramp * (other - one) + np.zeros((height, width, 3))


def shapes(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """One to four soft-edged shapes in motion over a plain or graded background."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    clip = np.repeat(_paper(height, width, rng)[None], frames, axis=0)
    for _ in range(int(rng.integers(1, 5))):
        radius = rng.uniform(0.08, 0.3) * min(height, width)
        start, speed = rng.uniform(0, 1, 2) * (height, width), rng.normal(0, 1.5, 2)
        colour, softness, kind = (
            rng.uniform(0, 255, 3),
            10 ** rng.uniform(-0.3, 1.5),
            rng.integers(3),
        )
        for t in range(frames):
            dy = (y - start[0] - speed[0] * t + height / 2) % height - height / 2
            dx = (x - start[1] - speed[1] * t + width / 2) % width - width / 2
            far = (np.hypot(dy, dx), np.maximum(abs(dy), abs(dx)), abs(dy) + abs(dx))[kind]
            inside = 1 / (1 + np.exp(np.clip((far - radius) * softness, -30, 30)))
            clip[t] += inside[..., None] * (colour - clip[t])
    return as_bytes(clip)


def rendered_shapes(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Shapes as a small decoder renders them: soft, with faint blocky ripple and grain."""
    clip = smoothed(shapes(frames, height, width, rng).astype(np.float32), int(rng.integers(1, 4)))
    cells = rng.normal(0, rng.uniform(0.5, 3), (1, -(-height // 8), -(-width // 8), 3))
    ripple = cells.repeat(8, axis=1).repeat(8, axis=2)[:, :height, :width]
    return as_bytes(clip + ripple + rng.normal(0, rng.uniform(0, 1.5), clip.shape))


def chart(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Bars or curves that grow over a grid."""
    clip = np.full((frames, height, width, 3), 255 if rng.random() < 0.7 else 25, np.uint8)
    clip[:, :: max(8, height // 8)] = 128
    bars = int(rng.integers(3, 20))
    tops, colours = rng.uniform(0.1, 0.95, bars), rng.integers(0, 255, (bars, 3))
    for t in range(frames):
        for bar in range(bars):
            left, right = int((bar + 0.15) * width / bars), int((bar + 0.85) * width / bars)
            top = int(height * (1 - tops[bar] * min(1, (t + 1) / frames * 1.3)))
            clip[t, top:, left : max(right, left + 1)] = colours[bar]
    return clip


def lettering(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Lines of letters typed or scrolled, as terminals, titles and credits show them."""
    ink, paper = rng.permutation(np.array([[230, 230, 230], [20, 20, 28]]))
    size = int(rng.integers(6, 22))
    sheet = np.full((height * 2, width, 3), paper, np.uint8)
    for top in range(4, height * 2 - size, int(size * 1.6)):
        for left in range(6, int(width * rng.uniform(0.3, 0.95)), size):
            if rng.random() < 0.15:
                continue
            glyph = rng.random((size, max(2, size * 2 // 3))) < 0.1
            glyph[:, 0] |= rng.random() < 0.7
            glyph[int(rng.integers(size))] |= rng.random() < 0.8
            target = sheet[top : top + size, left : left + glyph.shape[1]]
            target[glyph[: target.shape[0], : target.shape[1]]] = ink
    scroll = rng.uniform(0.3, 3)
    return np.stack([sheet[int(t * scroll) % height :][:height] for t in range(frames)])


def line_art(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Circles and lines of ink that turn and wander."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    centres, radii, speeds = (
        rng.uniform(0, 1, (6, 2)) * (height, width),
        rng.uniform(5, 90, 6),
        rng.normal(0, 1, (6, 2)),
    )
    dark = rng.random() < 0.4
    clip = []
    for t in range(frames):
        ink = np.zeros((height, width), bool)
        for (cy, cx), radius, (vy, vx) in zip(centres, radii, speeds, strict=True):
            ink |= abs(np.hypot(y - cy - vy * t, x - cx - vx * t) - radius) < 1.2
            ink |= abs((y - cy) * vx - (x - cx) * vy - t) < 1
        clip.append(np.where(ink ^ dark, 20, 245)[..., None] * np.ones(3))
    return as_bytes(np.stack(clip))


def particles(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Stars, bubbles or points that fly over a dark or light background."""
    count = int(rng.integers(20, 30 + height * width // 300))
    place, speed = rng.uniform(0, 1, (count, 2)) * (height, width), rng.normal(0, 2, (count, 2))
    colours, size = rng.integers(80, 255, (count, 3)), int(rng.integers(1, 4))
    clip = np.repeat(as_bytes(_paper(height, width, rng) * 0.3)[None], frames, axis=0)
    for t in range(frames):
        spots = ((place + speed * t) % (height, width)).astype(int)
        for (top, left), colour in zip(spots, colours, strict=True):
            clip[t, top : top + size, left : left + size] = colour
    return clip


def board(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """A board or tiled game with pieces that move."""
    side = int(rng.integers(8, 40))
    palette = rng.integers(0, 255, (int(rng.integers(2, 6)), 3))
    cells = (
        rng.integers(0, 2, (height // side + 1, width // side + 1))
        if rng.random() < 0.5
        else np.indices((height // side + 1, width // side + 1)).sum(axis=0) % 2
    )
    clip = []
    for t in range(frames):
        picture = palette[cells].repeat(side, axis=0).repeat(side, axis=1)[:height, :width].copy()
        top, left = int(t * 1.5) % max(1, height - side), int(t * 2.5) % max(1, width - side)
        picture[top : top + side, left : left + side] = palette[-1] // 2
        clip.append(picture)
    return np.stack(clip).astype(np.uint8)


DRAWINGS: Mapping[str, Draw] = {
    f.__name__: f for f in (shapes, rendered_shapes, chart, lettering, line_art, particles, board)
}
