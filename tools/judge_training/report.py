"""Tables of how often the judge is right, with intervals, as Markdown."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.folds import kin_of
from tools.judge_training.measured import MeasuredClip
from tools.judge_training.worth import auc, worth

LEVEL = 0.95


def clopper_pearson(hits: int, number: int) -> tuple[float, float]:
    """Return the exact interval of a share, at 95 %."""
    from scipy.stats import beta

    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, hits, number - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, number - hits)) if hits < number else 1.0
    return low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one clip: without its order, and with it."""

    stopped: bool
    noticed: bool
    ordered: bool


@dataclass(slots=True)
class Count:
    """How many clips; how many stopped, stopped or suspect, and stopped with their order given."""

    number: int = 0
    stopped: int = 0
    noticed: int = 0
    ordered: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one more clip."""
        self.number += 1
        self.stopped += verdict.stopped
        self.noticed += verdict.noticed
        self.ordered += verdict.ordered


def verdicts(
    clips: list[MeasuredClip], stopped: NDArray[np.bool_], suspect: NDArray[np.bool_]
) -> list[Verdict]:
    """Return the verdict on each clip from what the score alone says and from the rules."""
    return [
        Verdict(
            stopped=bool(over) or clip.rule == "high",
            noticed=bool(over) or bool(near) or clip.rule in {"high", "medium"},
            ordered=bool(over) or clip.ordered == "high",
        )
        for clip, over, near in zip(clips, stopped, suspect, strict=True)
    ]


HEAD = (
    "| {} | number | stopped | 95 % interval | stopped or suspect | stopped, order given | "
    "95 % interval |"
)


def tables(
    clips: list[MeasuredClip], stopped: NDArray[np.bool_], suspect: NDArray[np.bool_]
) -> Iterator[str]:
    """Yield the tables of docs/judge.md: groups, kin of garbage, detectors, entropy, sources."""
    found = verdicts(clips, stopped, suspect)
    yield from _table(clips, found, "clips", _group)
    yield "\nBy kind, with kin, for given garbage:"
    yield from _table(clips, found, "kind of garbage, with kin", _given_kin)
    yield "\nWhat each detector is worth alone, on given and made clips together (with the order"
    yield "given for stills), and its alarms on good clips that were not made:"
    yield from worth(clips, {"stopped": stopped, "suspect": suspect})
    yield from _entropy(clips)
    yield from _sources(clips, found)


def report(
    clips: list[MeasuredClip], stopped: NDArray[np.bool_], suspect: NDArray[np.bool_]
) -> Iterator[str]:
    """Yield the lines of the report: the tables, made kinds, and every clip judged wrongly."""
    found = verdicts(clips, stopped, suspect)
    yield from tables(clips, stopped, suspect)
    yield from _table(clips, found, "made kind, with kin", _made_kin)
    yield from _table(clips, found, "made good clips", _made_good)
    yield from _named(clips, found)


def _table(
    clips: list[MeasuredClip],
    found: list[Verdict],
    title: str,
    of: Callable[[MeasuredClip], tuple[str, ...]],
) -> Iterator[str]:
    counts: dict[str, Count] = defaultdict(Count)
    for clip, verdict in zip(clips, found, strict=True):
        for name in of(clip):
            counts[name].add(verdict)
    yield from ("", HEAD.format(title), "|---|---|---|---|---|---|---|")
    yield from (_line(name, count) for name, count in sorted(counts.items()))


def _group(clip: MeasuredClip) -> tuple[str, ...]:
    made = "made, " if clip.made else ""
    if clip.garbage:
        return f"garbage, {made}{clip.family}", f"**garbage, {made}all**"
    if clip.label == "good" and not clip.made:
        return f"good, {clip.good_group}", "**good, not made**"
    return (f"{clip.label}, {made}{clip.domain}",)


def _given_kin(clip: MeasuredClip) -> tuple[str, ...]:
    return (kin_of(clip.kind),) if clip.garbage and not clip.made else ()


def _made_kin(clip: MeasuredClip) -> tuple[str, ...]:
    return (kin_of(clip.kind),) if clip.garbage and clip.made else ()


def _made_good(clip: MeasuredClip) -> tuple[str, ...]:
    return (clip.kind,) if clip.made and clip.label == "good" else ()


def _sources(clips: list[MeasuredClip], found: list[Verdict]) -> Iterator[str]:
    counts: dict[str, Count] = defaultdict(Count)
    for clip, verdict in zip(clips, found, strict=True):
        if clip.good_group in {"natural", "graphic"}:
            counts[clip.source].add(verdict)
    named = ", ".join(
        f"{source} {count.number}" + (f" ({count.stopped} stopped)" if count.stopped else "")
        for source, count in sorted(counts.items())
    )
    yield f"\nGood clips by source (repository, clips, false stops), {len(counts)} sources:\n"
    yield from wrap(named, 99, break_long_words=False, break_on_hyphens=False)


def _line(name: str, count: Count) -> str:
    return (
        f"| {name} | {count.number} | {_shares(count.stopped, count.number)} | "
        f"{count.noticed / count.number:.1%} | {_shares(count.ordered, count.number)} |"
    )


def _shares(hits: int, number: int) -> str:
    low, high = clopper_pearson(hits, number)
    return f"{hits / number:.1%} | {low:.1%} to {high:.1%}"


def _entropy(clips: list[MeasuredClip]) -> Iterator[str]:
    given = [clip for clip in clips if not clip.made and clip.label != "border"]
    good, bad = ([clip.entropy for clip in given if clip.garbage is side] for side in (False, True))
    yield f"\nEntropy of grey levels tells garbage from good with an AUC of {auc(good, bad):.2f}."


def _named(clips: list[MeasuredClip], found: list[Verdict]) -> Iterator[str]:
    yield ""
    for clip, verdict in zip(clips, found, strict=True):
        wrong = verdict.stopped if clip.label == "good" else clip.garbage and not verdict.stopped
        if wrong and not clip.made:
            what = "missed" if clip.garbage else "false stop"
            yield f"- {what}: {clip.kind} {clip.name} ({', '.join(clip.found)})"
