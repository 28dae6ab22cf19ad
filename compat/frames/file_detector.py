"""What a file below ``file_detectors/`` declares, and how it words what it found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compat.core.model import Confidence, Finding, Place, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation

Look = Callable[[Clip, Expectation], Finding | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDetector:
    """One thing that can be wrong with a clip's file, whatever its pictures show.

    ``doc`` is its manual page. ``look`` is called once all frames were read, so ``Clip.passage``
    is complete; it may open the file again. A HIGH finding means that the file is not usable as it
    stands, a MEDIUM one that a person has to look.
    """

    id: str
    doc: str
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What a file detector wants to say; ``numbers`` is the evidence behind the sentence."""

    rule: str
    severity: Severity
    seen: str
    remedy: str
    numbers: Mapping[str, object]
    confidence: Confidence = Confidence.HIGH
    detail: str = ""


def finding_about(noticed: Noticed, clip: Clip) -> Finding:
    """Word what was noticed as a finding about the clip's file."""
    return Finding(
        rule=noticed.rule,
        severity=noticed.severity,
        confidence=noticed.confidence,
        message=noticed.seen,
        place=Place(kind="file", path=clip.info.path, detail=noticed.detail),
        remedy=noticed.remedy,
        evidence={"stage": "encode", **noticed.numbers},
    )
