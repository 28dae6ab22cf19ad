"""Which colours there are, and whether brightness and colour go together as in pictures."""

import numpy as np

from compat.frames.scales import Floats
from compat.frames.spatial.limits import NAN, picture_correlation

NAMES = ("channels_apart", "channels_alike", "luma_skew", "luma_tails", "cube_entropy",
         "hue_entropy", "coloured_share", "white_share", "black_share", "bright_detail",
         "bright_colour", "bleached_share")  # fmt: skip
# Levels between the strongest and the weakest channel above which a pixel is coloured.
COLOURED = 40
WHITE, BLACK = 245, 10
# Pixels that are not white yet, and the level from which their strongest channel is full.
NOT_WHITE, FULL, FEWEST = 240, 248, 20
HUES = 12


def palette_measures(colour: Floats, grey: Floats) -> dict[str, float]:
    """Return measures of the planes [3, h, w] and their luma [h, w].

    The lowest and highest correlation of two channels; skewness and kurtosis of luma; entropy in
    bits of colours (512 bins) and hues (12); shares of coloured, white and black pixels; the share
    of detail in the brighter half, and the correlation of brightness with colour: negatives and
    latents of the wrong sign turn these around. ``bleached_share``: pixels that are not white, but
    whose strongest channel is full, of those that are not white.
    """
    red, green, blue = colour
    pairs = [picture_correlation(a, b, 1.0) for a, b in ((red, green), (green, blue), (red, blue))]
    high = np.maximum(np.maximum(red, green), blue)
    low = np.minimum(np.minimum(red, green), blue)
    chroma = high - low
    centred = grey - grey.mean()
    spread = float(centred.std()) + 0.5
    square = np.square(centred)
    detail = np.abs(grey[:, 1:] - grey[:, :-1])
    bright = grey[:, 1:] > np.median(grey)
    known = [pair for pair in pairs if np.isfinite(pair)]
    values = (
        min(known, default=1.0),
        max(known, default=1.0),
        float((square * centred).mean()) / spread**3,
        float(np.square(square).mean()) / spread**4,
        _cube(colour),
        _hues(red, green, blue, chroma > COLOURED),
        float((chroma > COLOURED).mean()),
        float((low > WHITE).mean()),
        float((high < BLACK).mean()),
        float(detail[bright].sum() / (detail.sum() + 1)),
        float((centred * (chroma - chroma.mean())).mean()) / (spread * (float(chroma.std()) + 0.5)),
        _bleached(high, low),
    )
    return dict(zip(NAMES, values, strict=True))


def _bleached(high: Floats, low: Floats) -> float:
    rest = high[low <= NOT_WHITE]
    return float((rest >= FULL).mean()) if rest.size > FEWEST else NAN


def _cube(colour: Floats) -> float:
    bins = colour.astype(np.uint8) >> 5
    packed = bins[0].astype(np.int32) * 64 + bins[1] * np.int32(8) + bins[2]
    return _entropy(np.bincount(packed.ravel(), minlength=512))


def _hues(red: Floats, green: Floats, blue: Floats, coloured: np.ndarray) -> float:
    if coloured.sum() < 50:
        return 0.0
    r, g, b = red[coloured], green[coloured], blue[coloured]
    angle = np.arctan2(np.float32(3**0.5) * (g - b), 2 * r - g - b)
    bins = ((angle / (2 * np.pi) + 0.5) * HUES).astype(np.int32) % HUES
    return _entropy(np.bincount(bins, minlength=HUES))


def _entropy(counts: np.ndarray) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log2(share)).sum())
