"""Colours driven into the corners of the colour cube."""

from math import nan

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, Mask, above, below, extent, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Share of the frame with one channel full and another empty; graphics may use pure colours, so
# this alone makes a clip suspect at most.
SATURATED = 0.5
# Values at 0 or 255 nearly everywhere, and what is left is coloured specks without larger shapes:
# edges and title cards are clipped too, but grey, or with edges that stand alone (kurtosis).
CLIPPED, SPECKS_KURTOSIS, SPECKS_COARSE, COLOURED = 0.6, 1.0, 0.85, 10.0
# Nearly everything white, and what is not has a full channel too: brightness far out of range.
# Drawings on white reach 0.33, but one in pure yellow reaches 0.98, so this too is no verdict.
MOSTLY_WHITE, BLEACHED = 0.7, 0.4


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames that consist mostly of fully saturated colours with noise-like edges."""
    bleached = clip.order.get("bleached_share", nan)
    white = clip.order.get("white_share", nan) > MOSTLY_WHITE and bleached > BLEACHED
    many_edges = ~above(clip.series("flat_share"), 0.3)
    frames = (above(clip.series("corner_share"), SATURATED) & many_edges) | _specks(clip) | white
    if extent(frames) is None:
        return None
    share = clip.median("clipped_share")
    return finding_from(
        Evidence(
            rule="overflow",
            severity=Severity.MEDIUM,
            seen=f"{share:.0%} of the values are cut off at 0 or 255 and what remains is busy, "
            "expected shades",
            remedy="check the VAE's scaling factor and mean, and float to uint8 conversion",
            stage="decode",
            frames=frames,
            numbers={
                "clipped_share": share,
                "corner_share": clip.median("corner_share"),
                **({"bleached_share": bleached} if white else {}),
            },
        ),
        clip,
    )


def _specks(clip: ClipMeasures) -> Mask:
    mask: Mask = (
        above(clip.series("clipped_share"), CLIPPED)
        & below(clip.series("kurtosis_4"), SPECKS_KURTOSIS)
        & below(clip.series("coarse_share_8"), SPECKS_COARSE)
        & above(clip.series("saturation"), COLOURED)
    )
    return mask


DETECTOR = Detector(
    id="overflow",
    doc="Busy pictures in pure red, green, blue and their sums: values far outside the range that "
    "were cut off, as with a wrong VAE scale, a prediction of the wrong sign, or the wrong VAE.",
    detect=detect,
)
