"""A picture of what was measured over time: which rule names which frames, and the measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from compat.core.model import Severity
from compat.frames.judge import Judgement
from compat.frames.lettering import BODY, HEAD, across, font, shown

# Everything is drawn twice as large and then halved, which smooths the curves.
TWICE = 2
WIDTH, STRIP, LEFT, GAP, LANE = 1240, 72, 210, 10, 20
PAPER, GRID, CURVE, INK = (250, 250, 248), (222, 222, 218), (30, 90, 170), (40, 40, 40)
FAINT = (120, 120, 118)
SHADES = {Severity.HIGH: (250, 200, 195), Severity.MEDIUM: (252, 232, 190)}
BARS = {Severity.HIGH: (215, 60, 50), Severity.MEDIUM: (225, 160, 30), Severity.LOW: FAINT}
SEAM = (120, 120, 120)
MOST_LANES, TICKS = 8, 10
# What a person can read a failure from, and what each strip is called.
SHOWN = {
    "luma_mean": "brightness",
    "luma_std": "contrast",
    "saturation": "colourfulness",
    "kurtosis_4": "edges (low: noise)",
    "step": "change per frame",
    "frame_correlation": "likeness to the last",
}


@dataclass(frozen=True, slots=True)
class _Run:
    rule: str
    severity: Severity
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Canvas:
    """A pen that takes places in pixels of the finished picture, and frames along its width."""

    pen: ImageDraw.ImageDraw
    frames: int

    def across(self, number: float) -> float:
        inside = (number + 0.5) / max(self.frames, 1)
        return LEFT + (WIDTH - GAP - LEFT) * min(max(inside, 0.0), 1.0)

    def box(self, left: float, top: float, right: float, bottom: float, **how: object) -> None:
        ends = tuple(round(TWICE * value) for value in (left, top, right, bottom))
        self.pen.rectangle(ends, **how)  # type: ignore[arg-type]

    def line(self, points: Sequence[tuple[float, float]], colour: tuple[int, int, int]) -> None:
        ends = [(TWICE * x, TWICE * y) for x, y in points]
        self.pen.line(ends, fill=colour, width=TWICE + 1, joint="curve")

    def text(
        self, at: tuple[float, float], words: str, colour: tuple[int, int, int], size: int = BODY
    ) -> None:
        place = (TWICE * at[0], TWICE * at[1])
        self.pen.text(place, shown(words), colour, font(TWICE * size))


def timeline(judgements: Judgement | Sequence[Judgement], path: Path, *, name: str = "") -> None:
    """Write the per-frame measures of one clip, or of consecutive windows, as a picture.

    Windows are set one after the other with a line at each seam. Bars name the rules and the
    frames they speak of; those of a HIGH finding are shaded red, of a MEDIUM one amber. ``name``
    is written above.
    """
    parts = [judgements] if isinstance(judgements, Judgement) else list(judgements)
    frames = sum(part.frames for part in parts)
    runs = [run for part, first in _placed(parts) for run in _runs(part, first)]
    rules = list(dict.fromkeys(run.rule for run in runs if run.severity in BARS))[:MOST_LANES]
    top = HEAD + 2 * GAP + len(rules) * LANE + GAP * bool(rules)
    height = top + len(SHOWN) * (STRIP + GAP) + LANE + GAP
    picture = Image.new("RGB", (TWICE * WIDTH, TWICE * height), PAPER)
    canvas = _Canvas(ImageDraw.Draw(picture), frames)
    _head(canvas, parts, name)
    for lane, rule in enumerate(rules):
        _lane(canvas, [run for run in runs if run.rule == rule], HEAD + 2 * GAP + lane * LANE)
    for place, (measure, title) in enumerate(SHOWN.items()):
        upper = top + place * (STRIP + GAP)
        _ground(canvas, runs, _seams(parts), upper)
        _strip(canvas, _joined(parts, measure), title, upper)
    _axis(canvas, top + len(SHOWN) * (STRIP + GAP))
    picture.resize((WIDTH, height), Image.Resampling.BOX).save(path)


def _placed(parts: Sequence[Judgement]) -> list[tuple[Judgement, int]]:
    """Return every part with the number of its first frame."""
    starts = np.cumsum([0, *(part.frames for part in parts)])
    return [(part, int(first)) for part, first in zip(parts, starts, strict=False)]


def _seams(parts: Sequence[Judgement]) -> list[int]:
    return [first for _, first in _placed(parts)[1:]]


def _runs(part: Judgement, start: int) -> list[_Run]:
    runs: list[_Run] = []
    for finding in part.findings:
        stored = finding.evidence.get("frames")
        for first, last in stored if isinstance(stored, list) else []:
            runs.append(_Run(finding.rule, finding.severity, start + first, start + last))
    return runs


def _joined(parts: Sequence[Judgement], name: str) -> np.ndarray:
    series = [np.array(part.per_frame.get(name, [np.nan] * part.frames)) for part in parts]
    return np.concatenate(series) if series else np.zeros(0)


def _head(canvas: _Canvas, parts: Sequence[Judgement], name: str) -> None:
    verdicts = ", ".join(str(part.verdict) for part in parts[:12])
    more = f" and {len(parts) - 12} more" if len(parts) > 12 else ""
    words = f"{verdicts}{more}" + (f"   {name[-90:]}" if name else "")
    canvas.text((GAP, GAP), words, INK, HEAD)


def _lane(canvas: _Canvas, runs: Sequence[_Run], top: float) -> None:
    canvas.text((GAP, top), runs[0].rule, INK)
    canvas.box(LEFT, top + 3, WIDTH - GAP, top + LANE - 4, fill=(240, 240, 237))
    for run in runs:
        left, right = canvas.across(run.first - 0.5), canvas.across(run.last + 0.5)
        # A single frame of a long clip is still seen.
        right = max(right, left + 2)
        canvas.box(left, top + 3, right, top + LANE - 4, fill=BARS.get(run.severity, FAINT))


def _ground(canvas: _Canvas, runs: Sequence[_Run], seams: Sequence[int], top: float) -> None:
    for severity in (Severity.MEDIUM, Severity.HIGH):
        for run in runs:
            if run.severity is severity:
                left, right = canvas.across(run.first - 0.5), canvas.across(run.last + 0.5)
                canvas.box(left, top, right, top + STRIP, fill=SHADES[severity])
    for number in _ticks(canvas.frames):
        canvas.line([(canvas.across(number), top), (canvas.across(number), top + STRIP)], GRID)
    for number in seams:
        at = canvas.across(number - 0.5)
        canvas.line([(at, top), (at, top + STRIP)], SEAM)
    canvas.box(LEFT, top, WIDTH - GAP, top + STRIP, outline=GRID, width=TWICE)


def _strip(canvas: _Canvas, values: np.ndarray, title: str, top: float) -> None:
    canvas.text((GAP, top + 2), title, INK)
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        canvas.text((GAP, top + LANE + 2), "not measured", FAINT)
        return
    low, high = float(values[known].min()), float(values[known].max())
    for number, at in ((high, top + 1), (low, top + STRIP - BODY - 3)):
        words = f"{number:.3g}"
        canvas.text((LEFT - GAP - across(words), at), words, FAINT)
    # A flat line stays in the middle instead of blowing its rounding up to full height.
    span = max(high - low, 0.02 * max(abs(high), abs(low)), 1e-6)
    middle = (high + low) / 2
    points = [
        (canvas.across(float(at)), top + STRIP / 2 - (values[at] - middle) / span * (STRIP - 8))
        for at in known
    ]
    if len(points) > 1:
        canvas.line(points, CURVE)
    else:
        x, y = points[0]
        canvas.box(x - 2, y - 2, x + 2, y + 2, fill=CURVE)


def _ticks(frames: int) -> range:
    """Return round frame numbers, about ten of them."""
    rough = max(frames / TICKS, 1)
    unit = 10 ** int(np.floor(np.log10(rough)))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return range(0, max(frames, 1), step)


def _axis(canvas: _Canvas, top: float) -> None:
    canvas.text((GAP, top), "frame", FAINT)
    for number in _ticks(canvas.frames):
        words = str(number)
        canvas.text((canvas.across(number) - across(words) / 2, top), words, FAINT)
