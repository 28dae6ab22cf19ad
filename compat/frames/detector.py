"""What a file below ``detectors/`` declares, and how it words what it found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compat.core.model import Confidence, Finding, Place, Severity
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures
from compat.frames.ranges import frame_ranges, runs_of

Mask = NDArray[np.bool_]
Detect = Callable[[ClipMeasures, Expectation], Finding | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One kind of garbage.

    ``doc`` is its manual page. ``hard`` detectors state facts (a wrong count, a blank clip) that
    hold whatever the model can do; the others judge pictures and are left out where no picture can
    be expected. A HIGH finding makes the clip garbage, a MEDIUM one suspect.
    """

    id: str
    doc: str
    detect: Detect
    hard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a detector wants to say: which frames, what was seen, what that points to."""

    rule: str
    severity: Severity
    seen: str
    remedy: str
    stage: str
    frames: Mask
    numbers: Mapping[str, float]
    confidence: Confidence = Confidence.MEDIUM


def finding_from(evidence: Evidence, clip: ClipMeasures) -> Finding:
    """Word the evidence as a finding whose message begins with the frames concerned."""
    numbers = np.flatnonzero(evidence.frames).tolist()
    where = "every frame" if len(numbers) == clip.frames else frame_ranges(numbers)
    return Finding(
        rule=evidence.rule,
        severity=evidence.severity,
        confidence=evidence.confidence,
        message=f"{where}: {evidence.seen}",
        place=Place(kind="frame", path=subject_of(clip), detail=where),
        remedy=evidence.remedy,
        evidence={
            "frames": [list(run) for run in runs_of(numbers)],
            "stage": evidence.stage,
            **{name: round(float(value), 4) for name, value in evidence.numbers.items()},
        },
    )


def subject_of(clip: ClipMeasures) -> str:
    """Return the name findings give the clip: its path, or "clip" for frames in memory."""
    return clip.info.path if clip.info else "clip"


def extent(mask: Mask) -> Severity | None:
    """Return how bad it is that these frames are bad; None where too few are to say anything.

    Most of the clip, or its whole end after a good beginning, is HIGH; a stretch of at least three
    frames is MEDIUM. Fewer are a flash or a cut.
    """
    total = mask.size
    bad = int(mask.sum())
    if bad == 0:
        return None
    if bad >= 0.6 * total or tail_length(mask) >= max(3, 0.15 * total):
        return Severity.HIGH
    return Severity.MEDIUM if bad >= max(3, 0.1 * total) else None


def graded(certain: Mask, doubtful: Mask) -> tuple[Severity | None, Mask]:
    """Return how bad it is, and the frames that say so.

    HIGH takes most of the clip beyond doubt; frames in doubt, or few, make MEDIUM.
    """
    severity = extent(certain)
    if severity is not Severity.HIGH and extent(doubtful):
        return Severity.MEDIUM, doubtful
    return severity, certain


def tail_length(mask: Mask) -> int:
    """Return how many frames at the end are all bad."""
    good = np.flatnonzero(~mask)
    return int(mask.size - 1 - good[-1]) if good.size else int(mask.size)


def below(values: NDArray[np.float64], limit: float) -> Mask:
    """Return where ``values`` lie below ``limit``; NaN is never below."""
    with np.errstate(invalid="ignore"):
        mask: Mask = values < limit
    return mask


def above(values: NDArray[np.float64], limit: float) -> Mask:
    """Return where ``values`` lie above ``limit``; NaN is never above."""
    with np.errstate(invalid="ignore"):
        mask: Mask = values > limit
    return mask
