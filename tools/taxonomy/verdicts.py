"""What the judge says to every kind, measured by running it, and kept to be compared."""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from compat.cli.expectations import parse_expectation
from compat.core.errors import CompatError
from compat.core.model import Severity
from compat.frames.expectation import ANYTHING, Expectation
from compat.frames.judge import Judgement, JudgeVerdict, judge, judge_file, refused
from compat.frames.score.model import garbage_score
from tools.taxonomy.cases import Case, cases_of, spoilt
from tools.taxonomy.kinds import Kind, Via

RECORD = Path(__file__).parent / "verdicts.json"
# A score this near to one of its limits may fall on the other side on another machine.
CLOSE = 0.2


class Seen(StrEnum):
    """How far pixels alone see a kind."""

    STOPPED = "stopped"
    PARTLY = "partly"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge said to one clip.

    ``rules`` are those of at least MEDIUM severity, the gravest first; ``sentence`` is that of the
    first. ``ordered`` is the verdict where what was ordered is known, "" where the entry names no
    order. ``close`` says that the score stood near one of its limits.
    """

    base: str
    seed: int
    verdict: str
    probability: float | None
    rules: tuple[str, ...]
    sentence: str
    ordered: str
    close: bool


def verdicts_of(kind: Kind, order: str, cases: Sequence[Case] | None = None) -> list[Verdict]:
    """Make the clips of a kind and judge them."""
    return [_verdict(kind, case, order) for case in (cases_of(kind) if cases is None else cases)]


def _verdict(kind: Kind, case: Case, order: str) -> Verdict:
    made = spoilt(kind, case)
    said = judged(made, ANYTHING)
    grave = [f for f in said.findings if f.severity.rank >= Severity.MEDIUM.rank]
    first = grave[:1] or said.findings[:1]
    return Verdict(
        base=case.base, seed=case.seed, verdict=said.verdict.value, probability=said.probability,
        rules=tuple(dict.fromkeys(finding.rule for finding in grave)),
        # Where the file lay for a moment is nobody's business.
        sentence=re.sub(r"\S*clip\.mp4", "clip.mp4", first[0].message) if first else "",
        ordered=judged(made, parse_expectation(order)).verdict.value if order else "",
        close=_close(said),
    )  # fmt: skip


def judged(made: Any, expectation: Expectation) -> Judgement:
    """Judge frames, or a file's bytes as the command does: what cannot be opened is undecided."""
    if isinstance(made, np.ndarray):
        return judge(made, expectation)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(made)
        try:
            return judge_file(path, expectation)
        except CompatError as error:
            return refused(Path("clip.mp4"), error)


def _close(said: Judgement) -> bool:
    found = [f for f in said.findings if f.rule == "unlike-video"]
    score = garbage_score()
    odds = [f.evidence.get("log_odds") for f in found]
    limits = (score.garbage, score.suspect)
    return any(
        isinstance(value, float) and abs(value - limit) < CLOSE
        for value in odds
        for limit in limits
    )


def seen(verdicts: Sequence[Verdict]) -> Seen:
    """Return stopped where every clip is garbage, unseen where every one is called good."""
    words = {verdict.verdict for verdict in verdicts}
    if words == {JudgeVerdict.GARBAGE.value}:
        return Seen.STOPPED
    return Seen.UNSEEN if words == {JudgeVerdict.GOOD.value} else Seen.PARTLY


def recorded() -> Mapping[str, list[Verdict]]:
    """Return the verdicts of the last run of ``python -m tools.taxonomy``, by kind."""
    kinds = json.loads(RECORD.read_text("utf-8"))
    return {
        name: [Verdict(**{**one, "rules": tuple(one["rules"])}) for one in verdicts]
        for name, verdicts in kinds.items()
    }


def record(verdicts: Mapping[str, Sequence[Verdict]]) -> None:
    """Keep verdicts for the page and the tests."""
    kinds = {name: [asdict(one) for one in all_] for name, all_ in verdicts.items()}
    RECORD.write_text(json.dumps(kinds, indent=1) + "\n", "utf-8")


def watched(kind: Kind, case: Case) -> Any:
    """Return the frames of a case as a player shows them; for a file that has none, None."""
    made = spoilt(kind, case)
    if kind.via is not Via.FILE:
        return made
    from compat.frames.decode import open_clip

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(made)
        try:
            frames = list(open_clip(path))
        except CompatError:
            return None
    return np.stack(frames) if frames else None
