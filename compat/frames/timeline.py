"""A picture of what was measured over time: one strip per measure, bad frames shaded."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from compat.core.model import Severity
from compat.frames.judge import Judgement

WIDTH, STRIP, LEFT, GAP, LINE = 960, 64, 170, 8, 14
PAPER, GRID, CURVE, INK = (250, 250, 248), (225, 225, 222), (30, 90, 170), (40, 40, 40)
SHADES = {Severity.HIGH: (250, 200, 195), Severity.MEDIUM: (252, 232, 190)}
SEAM = (120, 120, 120)
# What a person can read a failure from, and what each strip is called.
SHOWN = {
    "luma_mean": "brightness",
    "luma_std": "contrast",
    "saturation": "colourfulness",
    "kurtosis_4": "edges (low: noise)",
    "step": "change per frame",
    "frame_correlation": "likeness to last",
}


def timeline(judgements: Judgement | Sequence[Judgement], path: Path) -> None:
    """Write the per-frame measures of one clip, or of consecutive windows, as a picture.

    Windows are set one after the other with a line at each seam; frames named by a HIGH finding
    are shaded red, by a MEDIUM one amber.
    """
    parts = [judgements] if isinstance(judgements, Judgement) else list(judgements)
    frames = sum(part.frames for part in parts)
    height = len(SHOWN) * (STRIP + GAP) + GAP + LINE * 2
    picture = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(picture)
    for place, (name, title) in enumerate(SHOWN.items()):
        top = GAP + place * (STRIP + GAP)
        _shade(pen, parts, frames, top)
        _strip(pen, _joined(parts, name), title, top)
        _seams(pen, parts, frames, top)
    bottom = height - 2 * LINE
    pen.text((LEFT, bottom), "0", fill=INK)
    pen.text((WIDTH - GAP - 40, bottom), f"{max(frames - 1, 0):>6}", fill=INK)
    verdicts = ", ".join(str(part.verdict) for part in parts[:12])
    pen.text((GAP, bottom + LINE - 2), f"frames; verdict: {verdicts}", fill=INK)
    picture.save(path)


def _joined(parts: Sequence[Judgement], name: str) -> np.ndarray:
    series = [np.array(part.per_frame.get(name, [np.nan] * part.frames)) for part in parts]
    return np.concatenate(series) if series else np.zeros(0)


def _across(number: float, frames: int) -> float:
    return LEFT + (WIDTH - GAP - LEFT) * number / max(frames - 1, 1)


def _strip(pen: ImageDraw.ImageDraw, values: np.ndarray, title: str, top: int) -> None:
    pen.rectangle((LEFT, top, WIDTH - GAP, top + STRIP), outline=GRID)
    pen.text((GAP, top), title, fill=INK)
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        pen.text((GAP, top + LINE), "not measured", fill=INK)
        return
    low, high = float(values[known].min()), float(values[known].max())
    pen.text((GAP, top + LINE), f"{low:.3g} to {high:.3g}", fill=INK)
    # A flat line stays in the middle instead of blowing its rounding up to full height.
    span = max(high - low, 0.02 * max(abs(high), abs(low)), 1e-6)
    middle = (high + low) / 2
    points = [
        (
            _across(float(at), values.size),
            top + STRIP / 2 - (values[at] - middle) / span * (STRIP - 6),
        )
        for at in known
    ]
    if len(points) > 1:
        pen.line(points, fill=CURVE, width=1)
    else:
        pen.point(points, fill=CURVE)


def _shade(pen: ImageDraw.ImageDraw, parts: Sequence[Judgement], frames: int, top: int) -> None:
    for severity in (Severity.MEDIUM, Severity.HIGH):
        first_of_part = 0
        for part in parts:
            for first, last in _runs(part, severity):
                ends = (first_of_part + first - 0.5, first_of_part + last + 0.5)
                left, right = (min(max(_across(end, frames), LEFT), WIDTH - GAP) for end in ends)
                pen.rectangle((left, top, right, top + STRIP), fill=SHADES[severity])
            first_of_part += part.frames


def _runs(part: Judgement, severity: Severity) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for finding in part.findings:
        stored = finding.evidence.get("frames")
        if finding.severity is severity and isinstance(stored, list):
            runs += [(first, last) for first, last in stored]
    return runs


def _seams(pen: ImageDraw.ImageDraw, parts: Sequence[Judgement], frames: int, top: int) -> None:
    seam = 0
    for part in parts[:-1]:
        seam += part.frames
        at = _across(seam - 0.5, frames)
        pen.line((at, top, at, top + STRIP), fill=SEAM)
