"""What one record says: who stopped it, by questions or by pixels, and whether it counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from compat.frames.judge import detectors
from tools.judge_training.report import clopper_pearson

HARMLESS = 0.01
"""Below this share of what another seed does to the frames a fault is harmless: counted apart."""

JUDGE_RULES = ("no-frames", "not-judged", "not-a-clip", "not-finite")


@cache
def pixel_rules() -> frozenset[str]:
    """The rules that look at finished frames alone."""
    return frozenset((*detectors(), *JUDGE_RULES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One record, read: the rules that stop it by check, apart for questions and pixels."""

    source: str
    family: str
    model: str
    dtype: str
    fault: str
    stage: str
    change: float | None
    questions: tuple[str, ...]
    pixels: tuple[str, ...]
    raised: str

    @property
    def stopped(self) -> bool:
        """Whether the render would not have begun."""
        return bool(self.questions or self.pixels or self.raised)

    @property
    def kind(self) -> str:
        """benign, silent (the faults that count), harmless, or loud (it ended in an error)."""
        if not self.fault:
            return "benign"
        if self.raised:
            return "loud"
        return "harmless" if self.change is not None and self.change < HARMLESS else "silent"

    @property
    def group(self) -> str:
        """What the model can show: questions alone, or a picture too."""
        return {"drawn": "random weights", "trained": "tiny trained"}.get(self.source, "embedded")


def read(record: dict[str, Any], stages: dict[str, str]) -> Trial:
    """A record as a trial; ``stages`` names each fault's stage."""
    questions: list[str] = []
    pixels: list[str] = []
    raised = ""
    for check in record["checks"]:
        if check["outcome"] == "error":
            raised = raised or check["reason"]
        if check["outcome"] not in ("fail", "error"):
            continue
        for rule, severity in check["rules"]:
            if rule in pixel_rules():
                if severity == "high":
                    pixels.append(f"{check['id']}: {rule}")
            elif not rule.endswith("-error"):
                questions.append(f"{check['id']}: {rule}")
    return Trial(
        source=record["source"],
        family=record["family"],
        model=record["model"],
        dtype=record["dtype"],
        fault=record["fault"],
        stage=stages.get(record["fault"], ""),
        change=record.get("change"),
        questions=tuple(dict.fromkeys(questions)),
        pixels=tuple(dict.fromkeys(pixels)),
        raised=raised,
    )


def share(trials: Iterable[Trial], hit: Callable[[Trial], bool]) -> str:
    """``hits of number = share (interval)`` as a table's cell."""
    listed = list(trials)
    return share_of(sum(map(hit, listed)), len(listed))


def share_of(hits: int, number: int) -> str:
    """A share with its 95 % Clopper-Pearson interval."""
    if not number:
        return "-"
    low, high = clopper_pearson(hits, number)
    return f"{hits} of {number} = {hits / number:.1%} ({low:.1%} to {high:.1%})"
