"""More or less variety of grey levels than pictures have."""

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, above, below, extent, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Bits. Pictures fill this whole range, so little is outside: docs/judge.md has what that is worth.
LEAST, MOST = 0.05, 7.95


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose entropy of grey levels no picture has."""
    entropy = clip.series("entropy")
    frames = below(entropy, LEAST) | above(entropy, MOST)
    if extent(frames) is None:
        return None
    typical = clip.median("entropy", frames)
    return finding_from(
        Evidence(
            rule="odd-entropy",
            severity=Severity.MEDIUM,
            seen=f"the grey levels have an entropy of {typical:.2f} bits, expected {LEAST} to "
            f"{MOST}",
            remedy="look at the frames: a single colour, or values spread like chance",
            stage="decode",
            frames=frames,
            numbers={"entropy": typical},
        ),
        clip,
    )


DETECTOR = Detector(
    id="odd-entropy",
    doc="Entropy of grey levels, the first thing one thinks of. Decoded noise has the entropy of a "
    "picture and a title card that of a blank, so only the ends of the range say anything.",
    detect=detect,
)
