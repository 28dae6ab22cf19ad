"""Measured clips as the fitting reads them: features, label, and what the rules alone say."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compat.core.model import Severity
from compat.frames.expectation import Expectation
from compat.frames.judge import detectors
from compat.frames.measures import ClipMeasures
from compat.frames.score.features import clip_features


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredClip:
    """One clip: ``row`` holds the features called ``names``; ``rule`` the worst rule's severity."""

    name: str
    label: str
    kind: str
    family: str
    domain: str
    source: str
    made: bool
    rule: str
    rules: tuple[str, ...]
    names: tuple[str, ...]
    row: NDArray[np.float64]

    @property
    def garbage(self) -> bool:
        """Whether the clip is garbage."""
        return self.label == "garbage"

    @property
    def good_group(self) -> str:
        """natural, graphic, derived or made for good clips, else empty."""
        if self.label != "good":
            return ""
        if self.made:
            return "made"
        return "derived" if self.kind.startswith("derived") else self.domain


def load(folder: Path) -> list[MeasuredClip]:
    """Return every measured clip of a folder, in the order of their names."""
    return [_clip(path) for path in sorted(folder.glob("*.npz"))]


def _clip(path: Path) -> MeasuredClip:
    with np.load(path) as arrays:
        about = json.loads(str(arrays["about"]))
        names = arrays["names"].tolist()
        split = names.index("|")
        per_frame = dict(zip(names[:split], arrays["per_frame"].T.astype(np.float64), strict=True))
        order = dict(zip(names[split + 1 :], map(float, arrays["order"]), strict=True))
        width, height = arrays["size"].tolist()
    measures = ClipMeasures(
        frames=len(next(iter(per_frame.values()))), sizes=((width, height),),
        per_frame=per_frame, order=order,
    )  # fmt: skip
    features = clip_features(per_frame, order)
    found = _rules(measures)
    worst = max(found.values(), key=lambda severity: severity.rank, default=Severity.INFO)
    return MeasuredClip(
        made=bool(about.pop("made")), rule=worst.value, rules=tuple(found),
        names=tuple(features), row=np.array(list(features.values())), **about,
    )  # fmt: skip


def _rules(measures: ClipMeasures) -> dict[str, Severity]:
    findings = [
        detector.detect(measures, Expectation())
        for detector in detectors().values()
        if detector.id != "unlike-video"
    ]
    return {finding.rule: finding.severity for finding in findings if finding is not None}
