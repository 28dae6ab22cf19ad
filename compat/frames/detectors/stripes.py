"""Stripes or bands over the whole frame."""

import numpy as np

from compat.core.model import Finding
from compat.frames.detector import Detector, Evidence, above, finding_from, graded
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Share of gradient energy that all rows (columns) have in common; good clips of the fitting half
# stay below 0.30, synthetic and latent stripes stand at 0.74 to 1.
CERTAIN, DOUBTFUL = 0.6, 0.35


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames in which every row, or every column, repeats the same ups and downs."""
    share = np.fmax(clip.series("stripes_v"), clip.series("stripes_h"))
    severity, frames = graded(above(share, CERTAIN), above(share, DOUBTFUL))
    if severity is None:
        return None
    upright = clip.median("stripes_v", frames) >= clip.median("stripes_h", frames)
    typical = float(np.nanmedian(share[frames]))
    return finding_from(
        Evidence(
            rule="stripes",
            severity=severity,
            seen=f"{'vertical' if upright else 'horizontal'} stripes carry "
            f"{typical:.0%} of all detail, expected less than "
            f"{DOUBTFUL:.0%}",
            remedy="check memory layout (channels last) and convolutions of the decoder on this "
            "device, and the VAE tiling",
            stage="decode",
            frames=frames,
            numbers={"share": typical},
        ),
        clip,
    )


DETECTOR = Detector(
    id="stripes",
    doc="Stripes or bands that run across the whole frame, from a wrong memory layout or a "
    "convolution that computes wrongly. A gradient sky or one horizon is no stripe.",
    detect=detect,
)
