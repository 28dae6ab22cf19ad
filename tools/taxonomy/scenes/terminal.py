"""A terminal in which lines appear and move up."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tools.judge_training.pictures import Clip, Rng

INK = ((210, 214, 220), (120, 220, 130), (240, 200, 90), (110, 180, 250), (240, 110, 100))
LINES = (
    "$ framegate preflight render.toml", "  ok files are whole            0.0 s",
    "  ok model is known             0.1 s", "  ok plan and geometry          0.0 s",
    "  NO real picture: pixels       0.4 s", "warning: 3 tensors are float16",
    "loading transformer  [#######   ]", "step 12/30  sigma 0.482  0.41 s/it",
    "$ ls -la models", "-rw-r--r-- 1 user  9398722 vae.safetensors",
    "error: expected 128 channels, found 16", "gate OPEN  decided after 5.3 s",
)  # fmt: skip


def terminal(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """One letter after the other in the last line, then the page moves up by one."""
    size = max(7, height // 16)
    font = ImageFont.load_default(size)
    tall = int(size * 1.35)
    rows = height // tall
    paper = (12, 14, 18) if rng.random() < 0.7 else (0, 40, 60)
    texts = [str(line) for line in rng.choice(LINES, rows + frames, replace=True)]
    colours = rng.integers(0, len(INK), len(texts))
    shown = rows - int(rng.integers(1, 4))
    clip = []
    for t in range(frames):
        typed = t * 7
        picture = Image.new("RGB", (width, height), paper)
        pen = ImageDraw.Draw(picture)
        done, first = 0, 0
        while typed > len(texts[shown + done]):
            typed -= len(texts[shown + done])
            done += 1
        first = max(0, shown + done + 1 - rows)
        for row, number in enumerate(range(first, shown + done + 1)):
            last = number == shown + done
            text = texts[number][: typed if last else None] + ("_" if last else "")
            pen.text((4, 2 + row * tall), text, INK[colours[number]], font)
        clip.append(np.asarray(picture))
    return np.stack(clip)
