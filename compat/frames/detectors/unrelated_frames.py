"""Frames in no order at all."""

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, below, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Correlation with the frame before, and distance of neighbours over distance of random pairs.
# Good clips of the fitting half with a correlation below 0.4 have a ratio of at most 0.72;
# shuffled frames and undenoised latents stand at 0 and 0.87 to 1.05.
UNLIKE, AS_CHANCE = 0.25, 0.85
SOMEWHAT_UNLIKE, NEAR_CHANCE = 0.6, 0.8
# Above this the order is regular in the opposite sense: frames that alternate, a strobe.
ALTERNATING = 1.5
FEWEST = 8


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips in which the next frame is no more like this one than any other is."""
    correlation, ratio = clip.median("frame_correlation"), clip.order["neighbour_ratio"]
    if clip.frames < FEWEST or not NEAR_CHANCE < ratio < ALTERNATING:
        return None
    if not correlation < SOMEWHAT_UNLIKE:
        return None
    certain = correlation < UNLIKE and ratio > AS_CHANCE
    return finding_from(
        Evidence(
            rule="unrelated-frames",
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            seen=f"neighbouring frames are as different as random ones (ratio {ratio:.2f}, "
            f"correlation {correlation:.2f}), expected a ratio below {NEAR_CHANCE}",
            remedy="check frame order after decoding, and whether the latents were denoised",
            stage="decode",
            frames=below(clip.series("frame_correlation"), SOMEWHAT_UNLIKE),
            numbers={"neighbour_ratio": ratio, "frame_correlation": correlation},
        ),
        clip,
    )


DETECTOR = Detector(
    id="unrelated-frames",
    doc="Frames that follow each other as if drawn at random: shuffled frames, or a new noise in "
    "each. Cuts every few frames stay silent, because neighbours within a shot are alike.",
    detect=detect,
)
