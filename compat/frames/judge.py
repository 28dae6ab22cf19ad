"""Says whether a clip is video or garbage, frame by frame and with its reasons."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np

from compat.core.collect import collect
from compat.core.errors import CompatError, NothingCheckedError
from compat.core.model import Confidence, Finding, Place, Severity
from compat.frames.adaptive import FEWEST, measure_adaptively
from compat.frames.clip import Clip, ClipInfo
from compat.frames.decode import open_clip
from compat.frames.detector import Detector, subject_of
from compat.frames.detectors.frozen import still_frames
from compat.frames.detectors.unlike_video import is_scored
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
# Of the good clips that were measured for docs/judge.md, one in 240 met a rule that says garbage,
# and more than half of the garbage did: where one render in ten is garbage, 24 in 25 are at least.
RULE_PROBABILITY = 0.96
# Log-odds between the frames looked at and all frames: of 130 clips of more than 24 frames the
# standard deviation was 0.45, every sixteenth frame analysed (docs/judge.md, Cost).
MARGIN = 1.0
# Share of the analysed frames that stand still from which on the frozen detector must see all: it
# speaks when 95 % of the clip do, and of a fifth at an end where motion was ordered.
MOSTLY_STILL = (0.5, 0.01)


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
    ``analysed`` is how many frames were measured in full, None for all: of the others only
    brightness is known, and what tells them from their neighbours.
    """

    verdict: JudgeVerdict
    findings: tuple[Finding, ...]
    measures: Mapping[str, float]
    per_frame: Mapping[str, Sequence[float]]
    worst_frames: tuple[int, ...]
    frames: int
    probability: float | None = None
    analysed: int | None = None


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
    return judgement_of(measure_clip(frames, info=info), expectation)


def judgement_of(clip: ClipMeasures, expectation: Expectation = ANYTHING) -> Judgement:
    """Judge what was measured of a clip."""
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
        per_frame=_per_frame(clip),
        worst_frames=_worst(findings),
        frames=clip.frames,
        analysed=None if clip.analysed is None else len(clip.analysed),
    )


def judge_clip(
    clip: Clip,
    expectation: Expectation = ANYTHING,
    *,
    adaptive: bool = False,
    encode_again: bool = False,
) -> Judgement:
    """Judge an opened clip; what its file and decoding show counts as well.

    ``adaptive`` looks at every frame in small and analyses few in full, and goes through the clip
    a second time, frame by frame, unless what it saw is clearly good. ``encode_again`` also
    compares the bytes of some frames with those of encoding them again.
    """
    if adaptive and not _short(clip):
        measured = measure_adaptively(clip)
        quick = judgement_of(measured, expectation)
        if _clearly_good(measured, quick, expectation):
            return _with_file(clip, quick, expectation, encode_again=encode_again)
    judged = judge(clip, expectation, info=clip.info)
    return _with_file(clip, judged, expectation, encode_again=encode_again)


def judge_file(
    path: Path, expectation: Expectation = ANYTHING, *, adaptive: bool = False
) -> Judgement:
    """Open and judge a clip; NothingCheckedError where it cannot be opened."""
    return judge_clip(open_clip(path), expectation, adaptive=adaptive)


def _with_file(
    clip: Clip, judged: Judgement, expectation: Expectation, *, encode_again: bool
) -> Judgement:
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


def _short(clip: Clip) -> bool:
    return clip.info.declared_frames is not None and clip.info.declared_frames < FEWEST


def _clearly_good(measured: ClipMeasures, judged: Judgement, expectation: Expectation) -> bool:
    """Say whether looking at all frames would change nothing.

    Nothing was found in the frames looked at, the score is further from its limit than looking at
    all frames moves it, and not so much stands still that all of it may.
    """
    most = MOSTLY_STILL[expectation.motion is True]
    return (
        measured.frames >= FEWEST
        and judged.verdict is JudgeVerdict.GOOD
        and not (is_scored(measured) and log_odds_of(measured) > garbage_score().suspect - MARGIN)
        and (expectation.motion is False or still_frames(measured)[measured.analysed].mean() < most)
    )


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
    return garbage_score().probability(log_odds_of(clip))


def log_odds_of(clip: ClipMeasures) -> float:
    """Return the score's log-odds that a measured clip is garbage."""
    score = garbage_score()
    return float(score.log_odds(score.row(clip_features(clip.per_frame, clip.order)))[0])


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


def _per_frame(clip: ClipMeasures) -> dict[str, Sequence[float]]:
    """Return the values of the frames that were analysed, NaN for the others."""
    columns = clip.per_frame
    if clip.analysed is not None:
        known = np.zeros(clip.frames, bool)
        known[clip.analysed] = True
        columns = {
            name: values if name == "luma_mean" else np.where(known, values, np.nan)
            for name, values in columns.items()
        }
    # Eight bytes a number; a tuple of floats takes 32.
    return {name: array("d", values.tobytes()) for name, values in columns.items()}


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
