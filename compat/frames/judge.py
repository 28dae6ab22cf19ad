"""Says whether a clip is video or garbage, frame by frame and with its reasons."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np

from compat.core.collect import collect
from compat.core.errors import CompatError, NothingCheckedError
from compat.core.model import Confidence, Finding, Place, Severity
from compat.frames.clip import Clip, ClipInfo
from compat.frames.decode import open_clip
from compat.frames.detector import Detector, subject_of
from compat.frames.expectation import ANYTHING, Expectation
from compat.frames.file_side import file_findings
from compat.frames.measures import ClipMeasures, measure_clip
from compat.frames.scales import Frame
from compat.frames.score.features import clip_features
from compat.frames.score.model import garbage_score
from compat.frames.spatial import MIN_SIDE

__all__ = [
    "Expectation", "JudgeVerdict", "Judgement", "detectors", "judge", "judge_clip", "judge_file",
    "refused",
]  # fmt: skip

MOST_WORST = 8
# Of the good clips that were measured for docs/judge.md, one in 200 met a rule that says garbage,
# and more than half of the garbage did: where one render in ten is garbage, 24 in 25 are.
RULE_PROBABILITY = 0.96


class JudgeVerdict(StrEnum):
    """What the judge says about a clip."""

    GOOD = "good"
    SUSPECT = "suspect"
    GARBAGE = "garbage"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict with everything it rests on.

    ``measures`` are medians over the frames and clip-wide numbers, without those that could not be
    taken; ``per_frame`` holds one value per frame and measure, NaN where it could not be taken;
    ``worst_frames`` are up to eight frame numbers worth looking at, in order. ``probability`` is
    that of garbage, 0 to 1, where one render in ten is; None where no picture was judged.
    """

    verdict: JudgeVerdict
    findings: tuple[Finding, ...]
    measures: Mapping[str, float]
    per_frame: Mapping[str, tuple[float, ...]]
    worst_frames: tuple[int, ...]
    frames: int
    probability: float | None = None


def judge(
    frames: Iterable[Frame],
    expectation: Expectation = ANYTHING,
    *,
    info: ClipInfo | None = None,
) -> Judgement:
    """Judge RGB uint8 frames [H, W, 3], read once.

    Memory does not grow with the length but for some numbers and a thumbnail per frame. A HIGH
    finding makes it garbage, a MEDIUM one suspect; where too little could be measured and nothing
    hard was found, the verdict is undecided. Raises ValueError for frames of another shape.
    """
    clip = measure_clip(frames, info=info)
    if clip.frames == 0:
        return _nothing_seen(clip, expectation)
    findings = tuple(sorted(_findings(clip, expectation), key=_gravity, reverse=True))
    doubt = _undecided(clip, expectation)
    verdict = _verdict(findings, doubt)
    return Judgement(
        verdict=verdict,
        probability=_probability(clip, verdict),
        findings=(*findings, *doubt),
        measures=_summaries(clip),
        per_frame={name: tuple(values.tolist()) for name, values in clip.per_frame.items()},
        worst_frames=_worst(findings),
        frames=clip.frames,
    )


def judge_clip(
    clip: Clip, expectation: Expectation = ANYTHING, *, encode_again: bool = False
) -> Judgement:
    """Judge an opened clip; what its file and decoding show counts as well.

    ``encode_again`` also compares the bytes of some frames with those of encoding them again.
    """
    judged = judge(clip, expectation, info=clip.info)
    found = file_findings(clip, expectation, encode_again=encode_again)
    if not found:
        return judged
    findings = (*found, *judged.findings)
    doubt = [f for f in findings if f.rule in {"not-judged", "not-all-read", "no-frames"}]
    verdict = _verdict(findings, doubt)
    chance = None if verdict is JudgeVerdict.UNDECIDED else judged.probability
    if verdict is JudgeVerdict.GARBAGE:
        chance = max(chance or 0, RULE_PROBABILITY)
    return replace(judged, verdict=verdict, findings=findings, probability=chance)


def judge_file(path: Path, expectation: Expectation = ANYTHING) -> Judgement:
    """Open and judge a clip; NothingCheckedError where it cannot be opened."""
    return judge_clip(open_clip(path), expectation)


def refused(path: Path, error: CompatError) -> Judgement:
    """Return the undecided judgement of a clip that could not be opened, with the reason."""
    finding = Finding(
        rule="not-a-clip",
        severity=Severity.INFO,
        message=str(error),
        place=Place(kind="file", path=str(path)),
        remedy=error.remedy,
    )
    return _without_frames(JudgeVerdict.UNDECIDED, finding)


def probability_of(clip: ClipMeasures) -> float:
    """Return the score's probability that a measured clip is garbage."""
    score = garbage_score()
    features = clip_features(clip.per_frame, clip.order)
    return score.probability(float(score.log_odds(score.row(features))[0]))


@cache
def detectors() -> Mapping[str, Detector]:
    """Return every detector, keyed by its id."""
    return collect("compat.frames.detectors", Detector)


def _findings(clip: ClipMeasures, expectation: Expectation) -> Iterator[Finding]:
    for detector in detectors().values():
        if detector.hard or expectation.in_distribution:
            finding = detector.detect(clip, expectation)
            if finding is not None:
                yield finding


def _gravity(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, list(Confidence).index(finding.confidence)


def _verdict(findings: Iterable[Finding], doubt: Iterable[Finding]) -> JudgeVerdict:
    worst = max((finding.severity.rank for finding in findings), default=0)
    if worst >= Severity.HIGH.rank:
        return JudgeVerdict.GARBAGE
    if any(True for _ in doubt):
        return JudgeVerdict.UNDECIDED
    return JudgeVerdict.SUSPECT if worst >= Severity.MEDIUM.rank else JudgeVerdict.GOOD


def _undecided(clip: ClipMeasures, expectation: Expectation) -> list[Finding]:
    reasons = []
    if not expectation.in_distribution:
        reasons.append("the model cannot be expected to make pictures at this size or step count")
    if min(min(size) for size in clip.sizes) < MIN_SIDE:
        reasons.append(f"a side is shorter than {MIN_SIDE} px, too few pixels to measure")
    if clip.frames == 1 and expectation.frames != 1:
        reasons.append("there is only one frame, so nothing is known about motion")
    return [_not_judged(clip, reason) for reason in reasons]


def _not_judged(clip: ClipMeasures, reason: str) -> Finding:
    return Finding(
        rule="not-judged",
        severity=Severity.INFO,
        message=f"the pictures were not judged: {reason}",
        place=Place(kind="file", path=subject_of(clip)),
        remedy="render a few more frames at a size the model knows",
    )


def _probability(clip: ClipMeasures, verdict: JudgeVerdict) -> float | None:
    """Return the score's probability, raised to what the rules are worth where one speaks."""
    if verdict is JudgeVerdict.UNDECIDED:
        return None
    measured = probability_of(clip)
    if verdict is JudgeVerdict.GARBAGE:
        return round(max(measured, RULE_PROBABILITY), 3)
    return round(measured, 3)


def _nothing_seen(clip: ClipMeasures, expectation: Expectation) -> Judgement:
    if expectation.frames is None and clip.info is None:
        raise NothingCheckedError("there are no frames to judge", "render at least two frames")
    finding = Finding(
        rule="no-frames",
        severity=Severity.HIGH if expectation.frames else Severity.INFO,
        message="no frame could be decoded, expected at least two",
        place=Place(kind="file", path=subject_of(clip)),
        remedy="the file is damaged or was never finished: encode it again",
    )
    verdict = JudgeVerdict.GARBAGE if expectation.frames else JudgeVerdict.UNDECIDED
    return _without_frames(verdict, finding)


def _without_frames(verdict: JudgeVerdict, finding: Finding) -> Judgement:
    return Judgement(
        verdict=verdict, findings=(finding,), measures={}, per_frame={}, worst_frames=(), frames=0
    )


def _summaries(clip: ClipMeasures) -> dict[str, float]:
    named = {name: clip.median(name) for name in clip.per_frame} | dict(clip.order)
    if clip.info and clip.info.file_bytes:
        named["bytes_per_frame"] = clip.info.file_bytes / clip.frames
    return {name: round(value, 5) for name, value in named.items() if np.isfinite(value)}


def _worst(findings: Iterable[Finding]) -> tuple[int, ...]:
    ranked = sorted(findings, key=lambda finding: -finding.severity.rank)
    for finding in ranked:
        numbers = _frames_of(finding)
        if finding.severity.rank >= Severity.MEDIUM.rank and numbers:
            picks = np.linspace(0, len(numbers) - 1, min(MOST_WORST, len(numbers)))
            return tuple(numbers[int(pick)] for pick in np.rint(picks))
    return ()


def _frames_of(finding: Finding) -> list[int]:
    runs = finding.evidence.get("frames")
    if not isinstance(runs, list):
        return []
    return [number for first, last in runs for number in range(first, last + 1)]
