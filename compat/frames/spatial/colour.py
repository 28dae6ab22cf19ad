"""Colour: how strong, how clipped, and whether the channels tell of the same things."""

import numpy as np

from compat.frames.scales import Floats, Scales, halved
from compat.frames.spatial.edges import kurtosis
from compat.frames.spatial.limits import (
    FLOOR,
    MIN_GRADIENTS,
    NAN,
    log_ratio,
    mean_square,
    picture_correlation,
)

# Mean square of chroma gradients below which a picture is grey for our purpose.
GREY = 0.05
NAMES = ("channel_agreement", "chroma_correlation", "chroma_kurtosis", "chroma_share",
         "chroma_on_edges", "chroma_octave")  # fmt: skip


def colour_measures(scales: Scales) -> dict[str, float]:
    """Return saturation, share at the corners of the colour cube, and agreement of channels."""
    red, green, blue = scales.colour
    high = np.maximum(np.maximum(red, green), blue)
    low = np.minimum(np.minimum(red, green), blue)
    chroma = high - low
    # Overflow drives channels to opposite ends; plain black and white do not count.
    at_corner = (high > 249) & (low < 6)
    return {
        "saturation": float(chroma.mean()),
        "saturation_spread": float(chroma.std()),
        "corner_share": float(at_corner.mean()),
        **_agreement(red, green, blue),
    }


def _agreement(red: Floats, green: Floats, blue: Floats) -> dict[str, float]:
    planes = [np.diff(plane, axis=1) for plane in (red, green, blue)]
    if planes[0].size < MIN_GRADIENTS:
        return dict.fromkeys(NAMES, NAN)
    difference_1, difference_2 = red - green, blue - green
    steps = [np.diff(plane, axis=1) for plane in (difference_1, difference_2)]
    chroma_energy = mean_square(steps[0]) + mean_square(steps[1])
    luma_energy = mean_square(planes[1])
    pairs = ((0, 1), (1, 2))
    agreement = [picture_correlation(planes[a], planes[b], FLOOR) for a, b in pairs]
    measures = dict.fromkeys(NAMES, NAN)
    measures["channel_agreement"] = float(np.nanmin([*agreement, 1.0]))
    measures["chroma_share"] = log_ratio(chroma_energy, luma_energy)
    if chroma_energy < GREY:
        return measures
    strongest = difference_1 if mean_square(steps[0]) >= mean_square(steps[1]) else difference_2
    step = np.diff(strongest, axis=1)
    coarse = halved(strongest)
    measures["chroma_correlation"] = 1 - mean_square(step) / (2 * float(strongest.var()) + FLOOR)
    measures["chroma_kurtosis"] = kurtosis(strongest)
    measures["chroma_on_edges"] = picture_correlation(np.abs(step), np.abs(planes[1]), FLOOR)
    measures["chroma_octave"] = log_ratio(mean_square(np.diff(coarse, axis=1)), mean_square(step))
    return measures
