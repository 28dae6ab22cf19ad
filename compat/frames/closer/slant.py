"""Whether the picture leans: rows read with a line length that is off by a little."""

import numpy as np

from compat.frames.scales import Floats, halved
from compat.frames.spatial.limits import NAN

NAMES = ("slant", "slant_coarse", "slip")
# Rows this far apart at quarter size are 8 px: one row of most latents.
APART = 2
# Squares sideways within which the better fit is looked for: 64 px.
REACH = 16
# Standard deviation of a row, in grey levels, from which on it can be compared.
LEAST = 4.0


def slant_measures(grey: Floats) -> dict[str, float]:
    """Return how one-sided the slanted edges of a picture [h, w] are, and how rows slip.

    ``slant`` is 0 where edges lean to both sides and 1 where all lean to one, at quarter and at
    1/8 size. ``slip``: how much better rows 8 px apart fit shifted than straight, less than 0 in
    most pictures.
    """
    return {
        "slant": _slant(grey),
        "slant_coarse": _slant(halved(grey)),
        "slip": _slip(grey),
    }


def _slant(picture: Floats) -> float:
    if min(picture.shape) < 12:
        return NAN
    across = picture[:-1, 1:] - picture[:-1, :-1]
    down = picture[1:, :-1] - picture[:-1, :-1]
    energy = float(np.square(across).mean() + np.square(down).mean())
    return abs(2 * float((across * down).mean())) / energy if energy > 1 else NAN


def _slip(picture: Floats) -> float:
    width = picture.shape[1]
    if width < 2 * REACH or picture.shape[0] < 4 * APART:
        return NAN
    upper, lower = (
        part - part.mean(axis=1, keepdims=True) for part in (picture[:-APART:2], picture[APART::2])
    )
    norms = np.sqrt(np.square(upper).mean(axis=1) * np.square(lower).mean(axis=1))
    busy = norms > LEAST**2
    if busy.sum() < 6:
        return NAN
    spectrum = np.conj(np.fft.rfft(upper[busy])) * np.fft.rfft(lower[busy])
    fits = np.fft.irfft(spectrum, n=width) / (norms[busy, None] * width)
    mean = fits.mean(axis=0)
    around = np.concatenate([mean[1 : REACH + 1], mean[-REACH:]])
    return float(around.max() - mean[0])
