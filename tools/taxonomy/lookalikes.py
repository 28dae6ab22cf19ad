"""Good clips that hold nearly nothing: title cards, black intros, a dot on white, flashes."""

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tools.judge_training.pictures import Clip, Rng, as_bytes


def good_title_card(clip: Clip, rng: Rng) -> Clip:
    """Two lines on one colour that fade in and stand."""
    height, width = clip.shape[1:3]
    card = Image.new("RGB", (width, height), tuple(rng.integers(0, 60, 3).tolist()))
    pen = ImageDraw.Draw(card)
    size = max(8, height // 8)
    middle = (width / 2, height / 2)
    pen.text(middle, "The Long Render", "white", ImageFont.load_default(size), anchor="mb")
    below = (width / 2, height / 2 + size / 2)
    pen.text(below, "chapter one", (190, 190, 190), ImageFont.load_default(size // 2), anchor="mt")
    light = np.minimum(1, (np.arange(len(clip)) + 1) / 5)[:, None, None, None]
    return as_bytes(np.asarray(card) * light)


def good_black_intro(clip: Clip, _rng: Rng) -> Clip:
    """Black for a fifth of the length, then the picture comes up."""
    light = np.clip(np.linspace(-0.5, 2, len(clip)), 0, 1)[:, None, None, None]
    return as_bytes(clip * light)


def good_dot(clip: Clip, rng: Rng) -> Clip:
    """One small disc that wanders over white."""
    count, height, width = clip.shape[:3]
    y, x = np.mgrid[0:height, 0:width]
    start = rng.uniform(0.2, 0.6, 2) * (height, width)
    made = np.full(clip.shape, 250, np.uint8)
    for t in range(count):
        near = np.hypot(y - start[0] - t, x - start[1] - 2 * t) < height / 14
        made[t][near] = (30, 60, 160)
    return made


def good_lightning(clip: Clip, rng: Rng) -> Clip:
    """A dark scene and two flashes that die away."""
    light = np.full(len(clip), 0.4)
    for start in rng.choice(max(1, len(clip) - 3), 2, replace=False):
        light[start : start + 3] = (1.9, 1.2, 0.7)
    return as_bytes(clip * light[:, None, None, None])


def good_test_card(clip: Clip, _rng: Rng) -> Clip:
    """Colour bars with a marker that moves."""
    height, width = clip.shape[1:3]
    bars = np.array([[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191],
                     [191, 0, 0], [0, 0, 191]], np.uint8)  # fmt: skip
    card = np.repeat(bars[np.arange(width) * 7 // width][None], height, axis=0)
    card[height * 3 // 4 :] = (np.arange(width) * 255 // width)[None, :, None]
    made = np.repeat(card[None], len(clip), axis=0)
    for t in range(len(clip)):
        left = (width // 8 + t * 4) % (width - 8)
        made[t, height * 7 // 8 :, left : left + 8] = 255
    return made


DRAWN: Mapping[str, Callable[[Clip, Rng], Clip]] = {
    f.__name__: f
    for f in (good_title_card, good_black_intro, good_dot, good_lightning, good_test_card)
}
"""Each takes a clip and random numbers; some keep no more of the clip than its size."""
