"""A contact sheet: frames of a clip on one picture, the worst ones framed in red."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from compat.core.model import Finding, Severity
from compat.frames.judge import Judgement
from compat.frames.lettering import HEAD, LINE, across, font, lines, shown
from compat.frames.scales import Frame

WIDTH, GAP, EDGE = 1240, 8, 3
CELL = 200 * 112
"""Pixels of one small picture, whatever its shape."""
MOST = 24
PAPER, INK, FAINT, RED = (24, 24, 28), (225, 225, 225), (150, 150, 155), (235, 60, 50)
VERDICTS = {"good": (90, 200, 120), "suspect": (240, 190, 60), "garbage": RED,
            "undecided": (240, 190, 60)}  # fmt: skip
MARKS = {Severity.HIGH: RED, Severity.MEDIUM: (240, 190, 60), Severity.LOW: INK,
         Severity.INFO: FAINT}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cell:
    number: int
    picture: Image.Image
    size: tuple[int, int]


def contact_sheet(
    frames: Iterable[Frame], judgement: Judgement, path: Path, *, name: str = ""
) -> None:
    """Write a picture of up to 24 frames, the worst ones marked, with verdict and reasons below.

    ``frames`` are read once more from the start, one at a time; ``name`` is written above them.
    The format follows the suffix.
    """
    wanted = chosen(judgement)
    cells = [_cell(number, frame) for number, frame in enumerate(frames) if number in wanted]
    wide = max((cell.picture.width for cell in cells), default=160)
    tall = max((cell.picture.height for cell in cells), default=90) + LINE + GAP
    columns = max(1, (WIDTH - GAP) // (wide + GAP))
    top = HEAD + LINE + 3 * GAP
    rows = -(-len(cells) // columns)
    reasons = _reasons(judgement)
    foot = top + rows * tall + GAP
    sheet = Image.new("RGB", (WIDTH, foot + LINE * max(len(reasons), 1) + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    _head(pen, judgement, cells, name)
    for place, cell in enumerate(cells):
        left, upper = GAP + place % columns * (wide + GAP), top + place // columns * tall
        _put(sheet, pen, cell, (left, upper), judgement)
    for place, (text, colour) in enumerate(reasons):
        pen.text((GAP, foot + place * LINE), text, colour, font())
    sheet.save(path)


def chosen(judgement: Judgement, most: int = MOST) -> frozenset[int]:
    """Return which frames to show: the worst, and evenly spaced ones from first to last."""
    worst = set(judgement.worst_frames)
    even = np.linspace(0, max(judgement.frames - 1, 0), most - len(worst))
    return frozenset(worst | {int(number) for number in np.rint(even)})


def _cell(number: int, frame: Frame) -> _Cell:
    picture = Image.fromarray(frame)
    scale = (CELL / (picture.width * picture.height)) ** 0.5
    # A very long or a very high frame stays on the sheet.
    scale = min(scale, (WIDTH - 2 * GAP) / picture.width, 400 / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    # Small frames are enlarged without smoothing, so that what is seen is what is there.
    how = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    return _Cell(number, picture.resize(size, how), picture.size)


def _head(
    pen: ImageDraw.ImageDraw, judgement: Judgement, cells: Sequence[_Cell], name: str
) -> None:
    verdict = str(judgement.verdict)
    pen.text((GAP, GAP), verdict, VERDICTS[verdict], font(HEAD))
    chance = judgement.probability
    facts = [
        f"{judgement.frames} frame{'s' * (judgement.frames != 1)}",
        f"{cells[0].size[0]}x{cells[0].size[1]}" if cells else "",
        "" if chance is None else f"probability of garbage {chance:.0%}",
    ]
    pen.text((GAP, 2 * GAP + HEAD), ", ".join(filter(None, facts)), FAINT, font())
    if name:
        left = 3 * GAP + across(verdict, HEAD)
        pen.text((left, GAP), shown(name)[-100:], INK, font(HEAD))


def _put(
    sheet: Image.Image,
    pen: ImageDraw.ImageDraw,
    cell: _Cell,
    at: tuple[int, int],
    judgement: Judgement,
) -> None:
    x, y = at
    sheet.paste(cell.picture, at)
    bad = cell.number in judgement.worst_frames
    right, lower = x + cell.picture.width, y + cell.picture.height
    if bad:
        pen.rectangle((x - EDGE, y - EDGE, right + EDGE - 1, lower + EDGE - 1), None, RED, EDGE)
    words = f"{cell.number}"
    for rule in _rules_of(cell.number, judgement.findings):
        if across(f"{words}  {rule}") > cell.picture.width:
            break
        words += f"  {rule}"
    pen.text((x, lower + EDGE), words, RED if bad else FAINT, font())


def _rules_of(number: int, findings: Sequence[Finding]) -> list[str]:
    """Return the rules that name this frame and matter."""
    named = []
    for finding in findings:
        runs = finding.evidence.get("frames")
        if finding.severity.rank >= Severity.MEDIUM.rank and isinstance(runs, list):
            named += [finding.rule] * any(first <= number <= last for first, last in runs)
    return named


def _reasons(judgement: Judgement) -> list[tuple[str, tuple[int, int, int]]]:
    if not judgement.findings:
        return [("nothing was found", FAINT)]
    return [
        (line, MARKS[found.severity])
        for found in judgement.findings
        for line in lines(f"{found.severity} {found.rule}: {found.message}", WIDTH - 2 * GAP)
    ]
