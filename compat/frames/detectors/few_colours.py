"""A handful of colours where shades should be."""

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, above, below, extent, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Share of the eight commonest of 256 grey levels, and of flat 8x8 blocks: cartoons and terminals
# have few colours as well, but in large flat areas, and line drawings have edges that stand alone
# (log10 gradient kurtosis). Chosen from good clips alone (docs/judge.md).
FEW, BUSY, EDGES = 0.9, 0.1, 1.0


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find busy frames that consist of hardly more than eight grey levels."""
    top = clip.series("top_levels")
    frames = above(top, FEW) & below(clip.series("flat_share"), BUSY)
    frames &= below(clip.series("kurtosis_4"), EDGES)
    if extent(frames) is None:
        return None
    typical = clip.median("top_levels", frames)
    return finding_from(
        Evidence(
            rule="few-colours",
            # Dithered pictures and halftone do this as well.
            severity=Severity.MEDIUM,
            seen=f"eight grey levels make up {typical:.0%} of a busy picture, expected shades",
            remedy="check quantised weights and the range of the latents; dithering does this too",
            stage="decode",
            frames=frames,
            numbers={"top_levels": typical, "colours": clip.median("colours", frames)},
        ),
        clip,
    )


DETECTOR = Detector(
    id="few-colours",
    doc="A busy picture of hardly more than eight grey levels: colours that collapsed. Cartoons, "
    "pixel art and terminals have as few in large flat areas and stay silent.",
    detect=detect,
)
