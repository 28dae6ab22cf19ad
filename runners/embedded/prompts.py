"""The words that the embedded model understands, and prompts made of them.

The world of the model: one object of a plain colour on a background of another plain colour. The
object moves one pixel per frame and leaves the picture on one side to enter on the other.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final

COLOURS: Final[dict[str, tuple[int, int, int]]] = {
    "red": (220, 50, 47),
    "green": (60, 170, 70),
    "blue": (45, 80, 210),
    "yellow": (235, 205, 60),
    "cyan": (70, 200, 215),
    "magenta": (205, 70, 185),
    "white": (240, 240, 240),
    "black": (28, 28, 28),
}
"""The colours by name, as 8-bit red, green, blue. Object and background never share one."""

SHAPES: Final = ("circle", "square", "triangle")
"""The shapes; the triangle stands on a side with its tip up."""

DIRECTIONS: Final[dict[str, tuple[int, int]]] = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
    "still": (0, 0),
}
"""The motions by name, as pixels per frame (x to the right, y downwards)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a prompt asks for: one object, how it moves, and what is behind it."""

    colour: str
    shape: str
    direction: str
    background: str

    @property
    def prompt(self) -> str:
        """The canonical wording, such as `red circle moving right on blue background`."""
        motion = "standing still" if self.direction == "still" else f"moving {self.direction}"
        return f"{self.colour} {self.shape} {motion} on {self.background} background"


def every_scene() -> list[Scene]:
    """All 840 scenes, in a fixed order."""
    return [
        Scene(colour=colour, shape=shape, direction=direction, background=background)
        for colour, background, shape, direction in product(COLOURS, COLOURS, SHAPES, DIRECTIONS)
        if colour != background
    ]


EXAMPLE_PROMPTS: Final = (
    "red circle moving right on blue background",
    "yellow square moving up on black background",
    "white triangle moving left on magenta background",
    "green circle standing still on white background",
    "cyan square moving down on red background",
)
"""Prompts to show what the model does."""
