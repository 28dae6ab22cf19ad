"""Measures that together are those of garbage, though none of them is beyond doubt alone."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, Mask, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures
from compat.frames.score.features import clip_features, frame_rows
from compat.frames.score.model import garbage_score
from compat.frames.score.words import sentence, stage_of

# How many of the measures that speak against a clip are named.
NAMED = 3
# The score was trained on clips of at least five frames and, but for a few, 128 px: below 112 px
# there are too few squares at coarse scales to tell a flat drawing of one thing from a collapse.
FEWEST, SMALLEST = 5, 112


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose score stands above what good clips reach."""
    if not is_scored(clip):
        return None
    score = garbage_score()
    features = clip_features(clip.per_frame, clip.order)
    log_odds = float(score.log_odds(score.row(features))[0])
    if log_odds <= score.suspect:
        return None
    reasons = list(score.reasons(features))[:NAMED]
    said = ", ".join(sentence(name, features.get(name, np.nan)) for name in reasons)
    share = score.probability(log_odds)
    return finding_from(
        Evidence(
            rule="unlike-video",
            severity=Severity.HIGH if log_odds > score.garbage else Severity.MEDIUM,
            seen=f"taken together the measures are those of garbage (probability {share:.0%}), "
            f"most of all {said}",
            remedy="look at the worst frames; render one small clip on the CPU with the same seed "
            "and compare",
            stage=stage_of(reasons[0]),
            frames=worst_frames(clip),
            numbers={"log_odds": log_odds, "probability": share},
        ),
        clip,
    )


def is_scored(clip: ClipMeasures) -> bool:
    """Say whether the clip is long and large enough for the score."""
    return clip.frames >= FEWEST and min(min(size) for size in clip.sizes) >= SMALLEST


def worst_frames(clip: ClipMeasures) -> Mask:
    """Return the frames that would be suspect if the whole clip were like them; else all."""
    odds = frame_log_odds(clip)
    bad = odds > garbage_score().suspect
    return bad if bad.any() else np.ones(clip.frames, bool)


def frame_log_odds(clip: ClipMeasures) -> np.ndarray:
    """Return the log-odds of clips that are all like one frame of this clip, one per frame."""
    score = garbage_score()
    return score.frame_log_odds(frame_rows(clip.per_frame, score.trees.features))


DETECTOR = Detector(
    id="unlike-video",
    doc="The score: some two hundred shallow decision trees over all measures, trained on clips "
    "and kinds of garbage that docs/judge.md describes and stored with the package as data. It "
    "prints which measures decided. It catches what no single detector is sure of: latents of "
    "another model, wrong signs, half denoised or partly lost pictures.",
    detect=detect,
)
