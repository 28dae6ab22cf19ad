"""A program's window: panels, a growing curve, bars, a moving pointer."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tools.judge_training.pictures import Clip, Rng

WORDS = ("Load", "Queue", "Memory", "Frames", "Steps", "Cache", "Disk", "Model", "Workers")


def dashboard(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Light or dark, with real letters; the pointer goes from panel to panel."""
    dark = rng.random() < 0.5
    paper, ink, panel, accent = (
        ((28, 30, 38), (214, 218, 226), (42, 45, 56), (86, 156, 255)) if dark
        else ((240, 242, 246), (44, 48, 58), (255, 255, 255), (30, 110, 220))
    )  # fmt: skip
    font = ImageFont.load_default(max(8, height // 18))
    words = [str(word) for word in rng.choice(WORDS, 6, replace=False)]
    curve = np.cumsum(rng.normal(0, 1, 400))
    ends = rng.uniform(0.2, 1, 6)
    start, goal = rng.uniform(0.2, 0.9, 2), rng.uniform(0.2, 0.9, 2)
    clip = []
    for t in range(frames):
        picture = Image.new("RGB", (width, height), paper)
        pen = ImageDraw.Draw(picture)
        pen.rectangle((0, 0, width, height // 10), accent)
        pen.text((4, height // 60), f"framegate  {t:03d}", "white", font)
        _plot(pen, (width * 0.34, height * 0.16, width * 0.97, height * 0.6), (panel, ink, accent),
              curve[t : t + 60 + 2 * t])  # fmt: skip
        for number, word in enumerate(words):
            top = height * (0.15 + 0.14 * number)
            pen.text((width * 0.03, top), word, ink, font)
            done = ends[number] * min(1, (t + 8) / 30)
            pen.rectangle((width * 0.03, top + height * 0.085, width * 0.28, top + height * 0.1),
                          panel, ink)  # fmt: skip
            pen.rectangle((width * 0.03, top + height * 0.085, width * (0.03 + 0.25 * done),
                           top + height * 0.1), accent)  # fmt: skip
            left = width * (0.36 + 0.1 * number)
            pen.rectangle((left, height * (0.95 - 0.28 * done), left + width * 0.06, height * 0.95),
                          accent if number % 2 else (230, 120, 60))  # fmt: skip
        way = start + (goal - start) * min(1, t / 20)
        _pointer(pen, way[0] * width, way[1] * height, height // 14)
        clip.append(np.asarray(picture))
    return np.stack(clip)


def _plot(
    pen: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    colours: tuple[tuple[int, int, int], ...],
    values: np.ndarray,
) -> None:
    left, top, right, bottom = box
    pen.rectangle(box, colours[0], colours[1])
    for row in range(1, 5):
        level = top + (bottom - top) * row / 5
        pen.line((left, level, right, level), (128, 132, 140))
    low, high = values.min() - 1, values.max() + 1
    places = np.linspace(left + 2, right - 2, len(values))
    levels = bottom - (values - low) / (high - low) * (bottom - top)
    pen.line(list(zip(places.tolist(), levels.tolist(), strict=True)), colours[2], 2)


def _pointer(pen: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    pen.polygon([(x, y), (x, y + size), (x + size * 0.3, y + size * 0.75),
                 (x + size * 0.7, y + size * 0.7)], (255, 255, 255), (0, 0, 0))  # fmt: skip
