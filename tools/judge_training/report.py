"""Tables of how often the judge is right, with intervals, as Markdown."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.folds import kin_of
from tools.judge_training.measured import MeasuredClip

LEVEL = 0.95


def clopper_pearson(hits: int, number: int) -> tuple[float, float]:
    """Return the exact interval of a share, at 95 %."""
    from scipy.stats import beta

    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, hits, number - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, number - hits)) if hits < number else 1.0
    return low, high


@dataclass(slots=True)
class Count:
    """How many clips, how many of them stopped and how many stopped or suspect."""

    number: int = 0
    stopped: int = 0
    noticed: int = 0


def report(
    clips: list[MeasuredClip], stopped: NDArray[np.bool_], suspect: NDArray[np.bool_]
) -> Iterator[str]:
    """Yield the lines of the report: groups, kin of garbage, sources, hardest misses."""
    stops = [bool(over) or clip.rule == "high" for clip, over in zip(clips, stopped, strict=True)]
    notices = [
        stop or bool(over) or clip.rule == "medium"
        for clip, over, stop in zip(clips, suspect, stops, strict=True)
    ]
    for title, of in (
        ("clips", _group),
        ("kind of garbage, with kin", _kin),
        ("source of false stops", _source),
    ):
        counts: dict[str, Count] = defaultdict(Count)
        for clip, stop, notice in zip(clips, stops, notices, strict=True):
            for name in of(clip):
                counts[name].number += 1
                counts[name].stopped += stop
                counts[name].noticed += notice
        wanted = {
            name: count for name, count in counts.items() if of is not _source or count.stopped
        }
        yield from (
            "",
            f"| {title} | number | stopped | 95 % interval | stopped or suspect |",
            "|---|---|---|---|---|",
        )
        yield from (_line(name, count) for name, count in sorted(wanted.items()))
    yield from _named(clips, stops)


def _group(clip: MeasuredClip) -> tuple[str, ...]:
    made = "made, " if clip.made else ""
    if clip.garbage:
        return f"garbage, {made}{clip.family}", f"**garbage, {made}all**"
    if clip.label == "good" and not clip.made:
        return f"good, {clip.good_group}", "**good, not made**"
    return (f"{clip.label}, {made}{clip.domain}",)


def _kin(clip: MeasuredClip) -> tuple[str, ...]:
    return (f"{'made' if clip.made else 'given'}: {kin_of(clip.kind)}",) if clip.garbage else ()


def _source(clip: MeasuredClip) -> tuple[str, ...]:
    return () if clip.label != "good" else (clip.kind if clip.made else clip.source,)


def _line(name: str, count: Count) -> str:
    low, high = clopper_pearson(count.stopped, count.number)
    rates = f"{count.stopped / count.number:.1%} | {low:.1%} to {high:.1%}"
    return f"| {name} | {count.number} | {rates} | {count.noticed / count.number:.1%} |"


def _named(clips: list[MeasuredClip], stops: list[bool]) -> Iterator[str]:
    yield ""
    for clip, stop in zip(clips, stops, strict=True):
        if not clip.made and ((stop and clip.label == "good") or (not stop and clip.garbage)):
            what = "missed" if clip.garbage else "false stop"
            yield f"- {what}: {clip.kind} {clip.name} ({', '.join(clip.rules)})"
