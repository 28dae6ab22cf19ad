"""Credits: names in white move up over black or a dark picture."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import fractal, ramp

ROLES = ("Directed by", "Written by", "Camera", "Sound", "Music", "Light", "Editing", "Thanks to")
NAMES = ("A. Moran", "Ida Brandt", "K. Osei", "Lin Yue", "M. Petrov", "Sofia Reyes", "T. Hale",
         "Noor Aziz", "Jan Novak", "P. Dubois")  # fmt: skip


def credits_roll(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Role and name in the middle, two pixels a frame."""
    size = max(8, height // 12)
    font, small = ImageFont.load_default(size), ImageFont.load_default(max(7, size * 2 // 3))
    tall = height + 4 * frames + height
    sheet = Image.new("L", (width, tall))
    pen = ImageDraw.Draw(sheet)
    for top in range(4, tall, int(size * 3)):
        role, name = str(rng.choice(ROLES)), str(rng.choice(NAMES))
        pen.text((width / 2, top), role, 170, small, anchor="mt")
        pen.text((width / 2, top + size), name, 255, font, anchor="mt")
    ink = np.asarray(sheet, np.float32) / 255
    backdrop = np.zeros((height, width, 3), np.float32)
    if rng.random() < 0.5:
        backdrop = ramp(fractal(height, width, rng, coarsest=3), [(6, 8, 20), (40, 30, 60)])
    clip = []
    for t in range(frames):
        share = ink[2 * t : 2 * t + height, :, None]
        clip.append(backdrop * (1 - share) + 240 * share)
    return np.clip(np.rint(np.stack(clip)), 0, 255).astype(np.uint8)
