"""A grid of 8 or 16 pixels over the frame."""

import numpy as np

from compat.core.model import Finding, Severity
from compat.frames.detector import Detector, Evidence, above, extent, finding_from
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# How far one phase of the gradient profile stands out; good clips of the fitting half stay below
# 0.23 (8 px) and 0.25 (16 px), decoders that lost their patch order stand at 0.4 to 0.9.
VISIBLE = 0.35


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames whose edges fall on multiples of 8 or 16 pixels."""
    strength = np.fmax(clip.series("lattice_8"), clip.series("lattice_16"))
    # Pixel art and enlarged pictures are flat between the lines of the grid, and no fault.
    frames = above(strength, VISIBLE) & ~above(clip.series("flat_share"), 0.5)
    if extent(frames) is None:
        return None
    period = 8 if clip.median("lattice_8", frames) >= clip.median("lattice_16", frames) else 16
    typical = float(np.nanmedian(strength[frames]))
    return finding_from(
        Evidence(
            rule="lattice",
            # Compression, mosaics and pixel art make such grids too, so this alone is no verdict.
            severity=Severity.MEDIUM,
            seen=f"edges fall on a grid of {period} px ({typical:.2f}, expected below {VISIBLE})",
            remedy="check patch order, tile seams and tile overlap of the VAE decode",
            stage="decode",
            frames=frames,
            numbers={"strength": typical},
        ),
        clip,
    )


DETECTOR = Detector(
    id="lattice",
    doc="A visible grid at the period of VAE patches or tiles: patches in the wrong order, zero "
    "latents, or seams between tiles.",
    detect=detect,
)
