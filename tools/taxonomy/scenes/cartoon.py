"""A flat cartoon: outlined shapes in few colours, a bouncing face, a passing car."""

import numpy as np
from PIL import Image, ImageDraw

from tools.judge_training.pictures import Clip, Rng

OUTLINE = (30, 26, 34)


def cartoon(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Everything has one colour and a dark outline, as drawn animation has."""
    hue = rng.permutation(4)
    sky = ((120, 200, 240), (250, 200, 140), (190, 170, 240), (160, 230, 200))[hue[0]]
    body = ((250, 210, 60), (240, 120, 110), (120, 200, 110), (250, 250, 250))[hue[1]]
    car = ((220, 60, 60), (60, 110, 220), (250, 170, 40), (150, 80, 190))[hue[2]]
    phase = rng.random() * 6
    clip = []
    for t in range(frames):
        picture = Image.new("RGB", (width * 2, height * 2), sky)
        pen = ImageDraw.Draw(picture)
        _backdrop(pen, height * 2, width * 2, t)
        _car(pen, height * 2, width * 2, t, car)
        _face(pen, height * 2, width * 2, phase + t * 0.35, body)
        clip.append(np.asarray(picture.resize((width, height), Image.Resampling.BOX)))
    return np.stack(clip)


def _backdrop(pen: ImageDraw.ImageDraw, height: int, width: int, t: int) -> None:
    line = max(2, height // 90)
    pen.ellipse(_box(width * 0.82, height * 0.2, height * 0.11), (255, 240, 120), OUTLINE, line)
    for place in (0.15, 0.55):
        left = (place * width + t * 2) % (width * 1.2) - width * 0.1
        for shift in (-0.07, 0, 0.07):
            pen.ellipse(_box(left + shift * height, height * 0.22, height * 0.06), (255, 255, 255))
    for centre, size, colour in (
        (0.2, 0.5, (110, 190, 90)), (0.75, 0.6, (90, 170, 80)), (0.45, 0.4, (130, 205, 100)),
    ):  # fmt: skip
        pen.ellipse(_box(centre * width, height * (0.72 + size * 0.5), height * size), colour,
                    OUTLINE, line)  # fmt: skip
    pen.rectangle((0, height * 0.78, width, height), (120, 120, 128), OUTLINE, line)
    for left in range(-width, width * 2, width // 5):
        pen.rectangle((left - t * 4 % (width // 5), height * 0.88, left + width // 12
                       - t * 4 % (width // 5), height * 0.9), (245, 245, 235))  # fmt: skip


def _car(
    pen: ImageDraw.ImageDraw, height: int, width: int, t: int, colour: tuple[int, int, int]
) -> None:
    left, top, unit = (t * 6 + width * 0.05) % (width * 1.3) - width * 0.3, height * 0.74, height
    line = max(2, height // 90)
    pen.rounded_rectangle((left, top, left + unit * 0.4, top + unit * 0.11), unit * 0.03, colour,
                          OUTLINE, line)  # fmt: skip
    pen.polygon(
        [(left + unit * x, top + unit * y) for x, y in
         ((0.08, 0), (0.13, -0.09), (0.27, -0.09), (0.34, 0))], (200, 230, 245), OUTLINE, line,
    )  # fmt: skip
    for wheel in (0.1, 0.3):
        pen.ellipse(_box(left + unit * wheel, top + unit * 0.12, unit * 0.045), (50, 50, 56))
        pen.ellipse(_box(left + unit * wheel, top + unit * 0.12, unit * 0.02), (210, 210, 210))


def _face(
    pen: ImageDraw.ImageDraw, height: int, width: int, phase: float, colour: tuple[int, int, int]
) -> None:
    line = max(2, height // 90)
    x, y = width * 0.48, height * (0.55 - 0.16 * abs(np.sin(phase)))
    unit = height * 0.2
    pen.ellipse(_box(x, height * 0.78, unit * 0.8, flat=0.2), (90, 140, 70))
    pen.ellipse(_box(x, y, unit), colour, OUTLINE, line)
    for side in (-0.35, 0.35):
        pen.ellipse(_box(x + side * unit, y - 0.2 * unit, unit * 0.22), (255, 255, 255), OUTLINE,
                    line)  # fmt: skip
        pen.ellipse(_box(x + (side + 0.06) * unit, y - 0.16 * unit, unit * 0.1), OUTLINE)
    mouth = unit * (0.12 + 0.15 * abs(np.cos(phase)))
    pen.ellipse((x - unit * 0.4, y + unit * 0.3 - mouth, x + unit * 0.4, y + unit * 0.3 + mouth),
                (170, 40, 50), OUTLINE, line)  # fmt: skip


def _box(x: float, y: float, radius: float, flat: float = 1) -> tuple[float, float, float, float]:
    return x - radius, y - radius * flat, x + radius, y + radius * flat
