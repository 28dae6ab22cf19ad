"""More variety of grey levels than pictures have."""

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, above, extent, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Bits. Pictures fill the range below: terminals and edge maps reach down to 0.04. So nothing is
# too little, and hardly anything is too much: docs/judge.md has what that is worth.
MOST = 7.95


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose grey levels are spread more evenly than those of any picture."""
    entropy = clip.series("entropy")
    frames = above(entropy, MOST)
    if extent(frames) is None:
        return None
    typical = clip.median("entropy", frames)
    return finding_from(
        Evidence(
            rule="odd-entropy",
            severity=Severity.MEDIUM,
            seen=f"the grey levels have an entropy of {typical:.2f} bits, expected below {MOST}",
            remedy="look at the frames: values spread like chance",
            stage="decode",
            frames=frames,
            numbers={"entropy": typical},
        ),
        clip,
    )


DETECTOR = Detector(
    id="odd-entropy",
    doc="Entropy of grey levels, the first thing one thinks of. Decoded noise has the entropy of a "
    "picture and a title card that of a blank, so only the upper end of the range says anything.",
    detect=detect,
)
