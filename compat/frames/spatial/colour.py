"""Colour: how strong, how clipped, and whether the channels tell of the same things."""

import numpy as np

from compat.frames.scales import Floats, Scales, halved
from compat.frames.spatial.edges import kurtosis_of
from compat.frames.spatial.limits import (
    FLOOR,
    MIN_GRADIENTS,
    NAN,
    log_ratio,
    mean_square,
)
from compat.frames.sums import gradient_correlation, spread

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
        "saturation_spread": spread(chroma),
        "corner_share": float(at_corner.mean()),
        **_agreement(red, green, blue),
    }


def _agreement(red: Floats, green: Floats, blue: Floats) -> dict[str, float]:
    planes = [plane[:, 1:] - plane[:, :-1] for plane in (red, green, blue)]
    measures = dict.fromkeys(NAMES, NAN)
    if planes[0].size < MIN_GRADIENTS:
        return measures
    # The step of a difference is the difference of the steps.
    steps = [planes[0] - planes[1], planes[2] - planes[1]]
    energies = [mean_square(step) for step in steps]
    pairs = ((0, 1), (1, 2))
    agreement = [gradient_correlation(planes[a], planes[b], FLOOR) for a, b in pairs]
    measures["channel_agreement"] = float(np.nanmin([*agreement, 1.0]))
    measures["chroma_share"] = log_ratio(sum(energies), mean_square(planes[1]))
    if sum(energies) < GREY:
        return measures
    strongest = 0 if energies[0] >= energies[1] else 1
    chroma = (red, blue)[strongest] - green
    step = steps[strongest]
    coarse = halved(chroma)
    measures["chroma_correlation"] = 1 - energies[strongest] / (2 * spread(chroma) ** 2 + FLOOR)
    measures["chroma_kurtosis"] = kurtosis_of(step, chroma[1:] - chroma[:-1])
    measures["chroma_on_edges"] = gradient_correlation(np.abs(step), np.abs(planes[1]), FLOOR)
    measures["chroma_octave"] = log_ratio(
        mean_square(coarse[:, 1:] - coarse[:, :-1]), energies[strongest]
    )
    return measures
