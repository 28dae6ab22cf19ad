"""A small picture of a render's steps: how the latents' spread and the noise fall."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runners.engines.evidence import StepTrace

if TYPE_CHECKING:
    from PIL import ImageDraw

SIZE = (480, 160)
MARGIN = 24
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#7f7f7f")


def step_plot(steps: Sequence[StepTrace], path: Path) -> tuple[str, ...]:
    """Draw four courses over the steps; returns the path, or nothing where there is no course."""
    from PIL import Image, ImageDraw

    if len(steps) < 2:
        return ()
    courses: dict[str, list[float | None]] = {
        "latent spread": [step.std for step in steps],
        "noise": [step.noise for step in steps],
        "like the start": [step.start_match for step in steps],
        "prediction moved": [step.clean_move for step in steps],
    }
    values = [v for course in courses.values() for v in course if v is not None]
    top = max(1.0, *values)
    with Image.new("RGB", SIZE, "white") as picture:
        draw = ImageDraw.Draw(picture)
        for number, (name, course) in enumerate(courses.items()):
            _line(draw, course, top, COLOURS[number])
            draw.text((MARGIN + 112 * number, 4), name, fill=COLOURS[number])
        draw.text((2, SIZE[1] - 14), f"0 to {top:.2g} over {len(steps)} steps", fill="black")
        picture.save(path)
    return (str(path),)


def _line(
    draw: "ImageDraw.ImageDraw", course: Sequence[float | None], top: float, colour: str
) -> None:
    width, height = SIZE[0] - 2 * MARGIN, SIZE[1] - 2 * MARGIN
    points = [
        (
            MARGIN + width * n / (len(course) - 1),
            MARGIN + height * (1 - min(1.0, max(0.0, v / top))),
        )
        for n, v in enumerate(course)
        if v is not None
    ]
    if len(points) > 1:
        draw.line(points, fill=colour, width=2)
