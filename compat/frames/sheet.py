"""A contact sheet: frames of a clip on one picture, the worst ones framed in red."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

import numpy as np
from PIL import Image, ImageDraw

from compat.frames.judge import Judgement
from compat.frames.scales import Frame

COLUMNS, CELL, LINE, GAP = 6, 160, 14, 4
MOST = 24
PAPER, INK, RED = (24, 24, 28), (220, 220, 220), (235, 60, 50)


def contact_sheet(frames: Iterable[Frame], judgement: Judgement, path: Path) -> None:
    """Write a picture of up to 24 frames, the worst ones marked, with verdict and reasons below.

    ``frames`` are read once more from the start, one at a time. The format follows the suffix.
    """
    wanted = chosen(judgement)
    cells = [(number, _cell(frame)) for number, frame in enumerate(frames) if number in wanted]
    words = _words(judgement)
    rows = max(1, -(-len(cells) // COLUMNS))
    tall = max((cell.height for _, cell in cells), default=CELL // 2) + LINE + GAP
    width = COLUMNS * (CELL + GAP) + GAP
    sheet = Image.new("RGB", (width, rows * tall + GAP + LINE * len(words) + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    for place, (number, cell) in enumerate(cells):
        x, y = GAP + place % COLUMNS * (CELL + GAP), GAP + place // COLUMNS * tall
        sheet.paste(cell, (x, y))
        bad = number in judgement.worst_frames
        if bad:
            pen.rectangle((x - 2, y - 2, x + cell.width + 1, y + cell.height + 1), None, RED, 2)
        pen.text((x, y + cell.height), f"{number}", fill=RED if bad else INK)
    for place, line in enumerate(words):
        pen.text((GAP, rows * tall + GAP + place * LINE), line, fill=INK)
    sheet.save(path)


def chosen(judgement: Judgement, most: int = MOST) -> frozenset[int]:
    """Return which frames to show: the worst, and evenly spaced ones from first to last."""
    worst = set(judgement.worst_frames)
    even = np.linspace(0, max(judgement.frames - 1, 0), most - len(worst))
    return frozenset(worst | {int(number) for number in np.rint(even)})


def _cell(frame: Frame) -> Image.Image:
    picture = Image.fromarray(frame)
    scale = CELL / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    # Small frames are enlarged without smoothing, so that what is seen is what is there.
    how = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    return picture.resize(size, how)


def _words(judgement: Judgement) -> list[str]:
    lines = [f"{judgement.verdict}, {judgement.frames} frames"]
    lines += [f"{found.severity} {found.rule}: {found.message}" for found in judgement.findings]
    # pillow's built-in font knows Latin letters only, about six pixels wide.
    most = COLUMNS * (CELL + GAP) // 6
    plain = (line.encode("ascii", "replace").decode() for line in lines)
    return [part for line in plain for part in wrap(line, most, subsequent_indent="  ")]
