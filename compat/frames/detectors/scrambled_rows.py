"""Rows or channels read with the wrong stride."""

import numpy as np

from compat.core.model import Finding
from compat.frames.detector import Detector, Evidence, Mask, above, finding_from, graded
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Both are 0.00 in nearly every good clip; a title in fine print reaches 0.09 (interleave), two of
# 940 that gif dithered 0.33. Sheared pictures stand at 0.57 and above.
SKEWED, PERHAPS_SKEWED = 0.3, 0.15
INTERLEAVED, PERHAPS_INTERLEAVED = 0.6, 0.25
# Details of the three thirds side by side have nothing in common in a picture.
REPEATED, PERHAPS_REPEATED = 0.7, 0.5
# The same in both directions at full size. Chosen from good clips alone: of 598 the highest is 0.49
# (three faces side by side), but for drawings on white, which are flat (docs/judge.md).
NINE_TIMES, MOSTLY_FLAT = 0.6, 0.5
# A few lines of fine print on an empty screen decide nothing about channels, nor do the dots with
# which gif dithers drawings that have hardly a colour once averaged (entropy in bits).
EMPTY, SHADES = 0.85, 1.0


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames whose rows fit better when shifted, or pixels their 3rd neighbour better."""
    if clip.order.get("cube_entropy", SHADES) < SHADES:
        return None
    full = ~above(clip.series("flat_share"), EMPTY)
    skew, interleave = clip.series("skew"), np.where(full, clip.series("interleave"), 0.0)
    repeats = clip.series("repeats")
    nine = above(clip.series("thirds"), NINE_TIMES) & ~above(clip.series("flat_share"), MOSTLY_FLAT)
    certain = above(skew, SKEWED) | above(interleave, INTERLEAVED) | above(repeats, REPEATED) | nine
    doubtful = above(skew, PERHAPS_SKEWED) | above(interleave, PERHAPS_INTERLEAVED)
    severity, frames = graded(certain, doubtful | above(repeats, PERHAPS_REPEATED))
    if severity is None:
        return None
    return finding_from(
        Evidence(
            rule="scrambled-rows",
            severity=severity,
            seen=_seen(clip, frames),
            remedy="check the order of axes between decoder and encoder: frames must be "
            "[height, width, 3] and contiguous",
            stage="layout",
            frames=frames,
            numbers=_strengths(clip, frames),
        ),
        clip,
    )


SENTENCES = {
    "skew": "each row fits the next one only when shifted sideways, as with a wrong line length",
    "interleave": "pixels resemble their 2nd to 4th neighbour more than their first, as when "
    "colour planes are read as pixels",
    "thirds": "the picture is there nine times, three by three, as when colour planes are read as "
    "pixels",
    "repeats": "the picture repeats itself three times side by side, as when colour planes are "
    "read as pixels",
}


def _strengths(clip: ClipMeasures, frames: Mask) -> dict[str, float]:
    return {name: float(np.nan_to_num(clip.median(name, frames))) for name in SENTENCES}


def _seen(clip: ClipMeasures, frames: Mask) -> str:
    strengths = _strengths(clip, frames)
    return SENTENCES[max(strengths, key=lambda name: strengths[name])]


DETECTOR = Detector(
    id="scrambled-rows",
    doc="Height and width exchanged, a wrong stride, or planar colour read as interleaved: the "
    "right numbers in the wrong places, which keeps histograms, file size and entropy as they "
    "should be.",
    detect=detect,
)
