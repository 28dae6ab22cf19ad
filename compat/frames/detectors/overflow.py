"""Colours driven into the corners of the colour cube."""

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, above, extent, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Share of the frame with one channel full and another empty; graphics may use pure colours, so
# this alone makes a clip suspect at most.
SATURATED = 0.5


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames that consist mostly of fully saturated colours with noise-like edges."""
    many_edges = ~above(clip.series("flat_share"), 0.3)
    frames = above(clip.series("corner_share"), SATURATED) & many_edges
    if extent(frames) is None:
        return None
    share = clip.median("corner_share")
    return finding_from(
        Evidence(
            rule="overflow",
            severity=Severity.MEDIUM,
            seen=f"{share:.0%} of the pixels have one channel at 255 and another at 0, expected "
            f"less than {SATURATED:.0%}",
            remedy="check the VAE's scaling factor and mean, and float to uint8 conversion",
            stage="decoding",
            frames=frames,
            numbers={"corner_share": share},
        ),
        clip,
    )


DETECTOR = Detector(
    id="overflow",
    doc="Busy pictures in pure red, green, blue and their sums: values far outside the range that "
    "were cut off, as with a wrong VAE scale or the wrong VAE.",
    detect=detect,
)
