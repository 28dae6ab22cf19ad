"""Tiles in the wrong order."""

from compat.core.model import Finding
from compat.frames.detector import Detector, Evidence, above, finding_from, graded
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# How much stronger edges are at three of four seams than beside them, in both directions. Chosen
# from good clips alone: of 598 the highest is 0.24, but for pixel art, which is flat within its
# squares (docs/judge.md).
CERTAIN, DOUBTFUL = 0.4, 0.3
MOSTLY_FLAT = 0.5


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames that break at every multiple of 16 to 128 px, and only there."""
    seams = clip.series("tile_seams")
    textured = ~above(clip.series("flat_share"), MOSTLY_FLAT)
    severity, frames = graded(above(seams, CERTAIN) & textured, above(seams, DOUBTFUL))
    if severity is None:
        return None
    typical = clip.median("tile_seams", frames)
    return finding_from(
        Evidence(
            rule="tiles",
            severity=severity,
            seen=f"the picture breaks at the seams of a square grid and nowhere else (strength "
            f"{typical:.2f}, expected below {DOUBTFUL})",
            remedy="check the order and the overlap of the VAE's spatial tiles",
            stage="layout",
            frames=frames,
            numbers={"tile_seams": typical},
        ),
        clip,
    )


DETECTOR = Detector(
    id="tiles",
    doc="Square tiles that do not fit each other: shuffled, turned, or each decoded on its own. "
    "Edges are far stronger at the seams than one pixel beside them, in both directions.",
    detect=detect,
)
