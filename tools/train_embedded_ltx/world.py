"""The synthetic world that the embedded model is trained on, drawn with numpy alone.

One soft-edged object on a flat background, on a torus, so that motion can go on for ever. Motion
is a whole number of pixels per frame: one mask per clip is drawn and then moved.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runners.embedded.prompts import COLOURS, DIRECTIONS, SHAPES

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

EDGE_SHARPNESS: Final = 0.9
"""Slope of the edge: opacity is sigmoid(-slope * distance), so 10 to 90 % takes 4.9 pixels."""
CIRCLE_RADIUS: Final = 14.0
SQUARE_HALF_SIDE: Final = 12.5
TRIANGLE_INRADIUS: Final = 10.0
START_JITTER: Final = 10
"""A clip starts with its object at most this many pixels from the centre of the picture."""
FADE_FRAMES: Final = 8
"""When a prompt changes within a clip, colours change over this many frames."""

PALETTE: Final[Floats] = np.array(list(COLOURS.values()), np.float32) / np.float32(127.5) - 1
"""Colours as [8, 3] in -1..1, in the order of `COLOURS`."""
VELOCITY: Final[Ints] = np.array(list(DIRECTIONS.values()), np.int64)
"""Motions as [5, 2] pixels per frame (x, y), in the order of `DIRECTIONS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clips:
    """What happens in a batch of clips: indices into the vocabulary, and where each object starts.

    `before` and `after` are [n, 4] integers (colour, background, shape, direction); the scene
    changes from `before` to `after` at frame `change` ([n]; a number beyond the last frame: never).
    The shape is that of `before` throughout. `start` is [n, 2]: the centre (x, y) in frame 0.
    """

    before: Ints
    after: Ints
    change: Ints
    start: Floats

    def __len__(self) -> int:
        return len(self.start)

    def part(self, chosen: slice) -> "Clips":
        """The clips of one slice."""
        return Clips(
            before=self.before[chosen],
            after=self.after[chosen],
            change=self.change[chosen],
            start=self.start[chosen],
        )


def random_scenes(rng: np.random.Generator, count: int) -> Ints:
    """[count, 4] scene indices, uniform over the 840 scenes."""
    colour = rng.integers(0, len(COLOURS), count)
    background = (colour + rng.integers(1, len(COLOURS), count)) % len(COLOURS)
    shape = rng.integers(0, len(SHAPES), count)
    direction = rng.integers(0, len(DIRECTIONS), count)
    return np.stack([colour, background, shape, direction], 1).astype(np.int64)


def random_clips(
    rng: np.random.Generator, count: int, size: tuple[int, int], *, anywhere: bool
) -> Clips:
    """Clips of one scene each; the object starts near the centre, or anywhere on the torus."""
    height, width = size
    scenes = random_scenes(rng, count)
    if anywhere:
        start = rng.uniform(0, 1, (count, 2)) * np.array([width, height])
    else:
        centre = np.array([width / 2, height / 2])
        start = rng.uniform(-START_JITTER, START_JITTER, (count, 2)) + centre
    never = np.full(count, np.iinfo(np.int64).max)
    return Clips(before=scenes, after=scenes, change=never, start=start.astype(np.float32))


def signed_distance(shape: Ints, dx: Floats, dy: Floats) -> Floats:
    """Distance in pixels to the outline of each shape, negative inside; `dx`, `dy` broadcast."""
    lean = np.float32(np.sqrt(3) / 2)
    circle = np.sqrt(dx**2 + dy**2) - CIRCLE_RADIUS
    square = np.maximum(np.abs(dx), np.abs(dy)) - SQUARE_HALF_SIDE
    sides = np.maximum(lean * dx - dy / 2, -lean * dx - dy / 2)
    triangle = np.maximum(sides, dy) - TRIANGLE_INRADIUS
    which = shape[:, None, None]
    chosen: Floats = np.where(which == 0, circle, np.where(which == 1, square, triangle))
    return chosen


def draw_masks(shape: Ints, centre: Floats, size: tuple[int, int]) -> Floats:
    """Opacity [n, height, width] of objects with the given centres (x, y) on the torus."""
    height, width = size
    x = np.arange(width, dtype=np.float32) + 0.5
    y = np.arange(height, dtype=np.float32) + 0.5
    dx = (x[None, :] - centre[:, :1] + width / 2) % width - width / 2
    dy = (y[None, :] - centre[:, 1:] + height / 2) % height - height / 2
    distance = signed_distance(shape, dx[:, None, :], dy[:, :, None])
    return (1 / (1 + np.exp(EDGE_SHARPNESS * distance))).astype(np.float32)


def _travel(clips: Clips, frames: int) -> Ints:
    """Where each object is, relative to its start: [n, frames, 2] whole pixels (x, y)."""
    late = np.arange(frames)[None, :] >= clips.change[:, None]
    before, after = VELOCITY[clips.before[:, 3]], VELOCITY[clips.after[:, 3]]
    step = np.where(late[:, :, None], after[:, None], before[:, None])
    step[:, 0] = 0
    return np.cumsum(step, axis=1)


def _colours(clips: Clips, frames: int, column: int) -> Floats:
    """The colour in one column of the scenes over time: [n, frames, 3]."""
    since = np.arange(frames)[None, :] - np.minimum(clips.change, frames + FADE_FRAMES)[:, None]
    weight = np.clip((since + 1) / FADE_FRAMES, 0, 1)[:, :, None].astype(np.float32)
    before, after = PALETTE[clips.before[:, column]], PALETTE[clips.after[:, column]]
    mixed: Floats = before[:, None] * (1 - weight) + after[:, None] * weight
    return mixed


def moving_masks(clips: Clips, frames: int, size: tuple[int, int]) -> Floats:
    """Opacity of the object over time: [n, frames, height, width]."""
    height, width = size
    mask = draw_masks(clips.before[:, 2], clips.start, size)
    travel = _travel(clips, frames)
    rows = (np.arange(height) - travel[:, :, 1, None]) % height
    columns = (np.arange(width) - travel[:, :, 0, None]) % width
    which = np.arange(len(clips))[:, None, None, None]
    moved: Floats = mask[which, rows[:, :, :, None], columns[:, :, None, :]]
    return moved


def render(clips: Clips, frames: int, size: tuple[int, int]) -> Floats:
    """The clips as pixels [n, 3, frames, height, width] in -1..1."""
    moved = moving_masks(clips, frames, size)[:, None]
    paint = _colours(clips, frames, 0).transpose(0, 2, 1)[:, :, :, None, None]
    ground = _colours(clips, frames, 1).transpose(0, 2, 1)[:, :, :, None, None]
    pixels: Floats = ground + moved * (paint - ground)
    return pixels


def to_uint8(pixels: Floats) -> NDArray[np.uint8]:
    """Pixels [3, frames, height, width] in -1..1 as frames [frames, height, width, 3] in 0..255."""
    scaled = np.clip(np.rint((pixels + 1) * 127.5), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(scaled.transpose(1, 2, 3, 0))
