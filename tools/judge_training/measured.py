"""Measured clips as the fitting reads them: features, label, and what the rules alone say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compat.core.model import Severity
from compat.frames.expectation import ANYTHING, Expectation
from compat.frames.judge import detectors
from compat.frames.measures import ClipMeasures
from compat.frames.score.features import clip_features

# Mean grey levels from one frame to the next: a clip that changes by more somewhere moves.
MOVES = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredClip:
    """One clip: ``row`` holds the features called ``names``.

    ``found`` maps each rule that spoke to its severity, and ``rule`` is the worst of them; the same
    with the order of the clip given in ``ordered_found`` and ``ordered``. ``entropy`` is the median
    over its frames.
    """

    name: str
    label: str
    kind: str
    family: str
    domain: str
    source: str
    made: bool
    rule: str
    found: Mapping[str, str]
    ordered: str
    ordered_found: Mapping[str, str]
    entropy: float
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
    found = [_read(path) for path in sorted(folder.glob("*.npz"))]
    names = tuple(dict.fromkeys(name for _, _, features in found for name in features))
    return [_clip(about, measures, features, names) for about, measures, features in found]


def _read(path: Path) -> tuple[dict[str, Any], ClipMeasures, dict[str, float]]:
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
    return about, measures, clip_features(per_frame, order)


def _clip(
    about: dict[str, Any],
    measures: ClipMeasures,
    features: Mapping[str, float],
    names: tuple[str, ...],
) -> MeasuredClip:
    found = rules(measures, ANYTHING)
    ordered = rules(measures, order_of(about["label"], measures))
    return MeasuredClip(
        **about | {"made": bool(about["made"])}, rule=_worst(found), found=found,
        ordered=_worst(ordered), ordered_found=ordered, entropy=measures.median("entropy"),
        names=names, row=np.array([features.get(name, np.nan) for name in names]),
    )  # fmt: skip


def order_of(label: str, measures: ClipMeasures) -> Expectation:
    """Return what would have been ordered: frames and size as they are, and motion.

    No fault here changes how many frames there are or their size, so neither can give one away;
    they matter to rules that ask for them. Garbage was ordered to move; a good clip was where it
    moves at any time.
    """
    steps = measures.series("step")
    moves = bool(np.isfinite(steps).any() and np.nanmax(steps) > MOVES)
    width, height = measures.sizes[0]
    return Expectation(
        frames=measures.frames, width=width, height=height, motion=True if label == "garbage" else
        moves or None,
    )  # fmt: skip


def rules(measures: ClipMeasures, expectation: Expectation) -> dict[str, str]:
    """Return the severity of each rule that speaks; the score is not one of them."""
    findings = [
        detector.detect(measures, expectation)
        for detector in detectors().values()
        if detector.id != "unlike-video"
    ]
    return {finding.rule: finding.severity.value for finding in findings if finding is not None}


def _worst(found: Mapping[str, str]) -> str:
    worst = max(map(Severity, found.values()), key=lambda one: one.rank, default=Severity.INFO)
    return worst.value
