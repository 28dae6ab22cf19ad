"""Texture: what the neighbourhood of a pixel looks like once contrast is taken out of it."""

import numpy as np

from compat.frames.scales import Floats
from compat.frames.spatial.limits import NAN, mean_square, product_sum

NAMES = ("irregular", "spots", "edges", "evenness", "skewness", "links", "links_slanted",
         "contrast_variation")  # fmt: skip
# Fewer pixels than this with anything around them say nothing.
FEWEST = 200
# Grey levels between the darkest and the brightest of nine pixels below which they are flat.
FLAT = 3.0
# Radius of the neighbourhood whose mean and contrast are taken out, in pixels.
RADIUS = 3
AROUND = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))


def _kinds() -> np.ndarray:
    """Return for each pattern of eight brighter-or-not bits: how many bits, 9 for irregular."""
    codes = np.arange(256)
    turned = ((codes << 1) | (codes >> 7)) & 255
    bits = np.array([code.bit_count() for code in codes.tolist()])
    changes = np.array([code.bit_count() for code in (codes ^ turned).tolist()])
    return np.where(changes <= 2, bits, 9)


KINDS = _kinds()


def texture_measures(picture: Floats, name: str) -> dict[str, float]:
    """Return the texture measures of a picture [h, w], each called ``<name>_<measure>``.

    ``irregular``, ``spots`` and ``edges`` are shares of pixels whose eight neighbours are brighter
    or darker in no order, all on one side, or on one side of a line (local binary patterns). The
    others describe the picture after each neighbourhood's mean and contrast are taken out, as
    no-reference quality measures do (BRISQUE, Mittal et al. 2012): the shape of its histogram, its
    skewness, how far neighbours agree, and how contrast varies over the frame.
    """
    values = (*_patterns(picture), *_normalised(picture))
    return {f"{name}_{key}": value for key, value in zip(NAMES, values, strict=True)}


def _patterns(picture: Floats) -> tuple[float, float, float]:
    if min(picture.shape) < 12:
        return NAN, NAN, NAN
    height, width = picture.shape
    centre = picture[1:-1, 1:-1]
    codes = np.zeros(centre.shape, np.uint8)
    high, low = centre.copy(), centre.copy()
    for bit, (top, left) in enumerate(AROUND):
        beside = picture[top : height - 2 + top, left : width - 2 + left]
        codes |= (beside > centre).view(np.uint8) << np.uint8(bit)
        np.maximum(high, beside, out=high)
        np.minimum(low, beside, out=low)
    busy = codes[high - low > FLAT]
    if busy.size < FEWEST:
        return NAN, NAN, NAN
    counts = np.bincount(busy, minlength=256)
    share = np.bincount(KINDS, weights=counts, minlength=10) / busy.size
    return float(share[9]), float(share[0] + share[8]), float(share[3:6].sum())


def _normalised(picture: Floats) -> tuple[float, ...]:
    if min(picture.shape) < 16:
        return (NAN,) * 5
    mean = boxed(picture)
    contrast = np.sqrt(np.maximum(boxed(np.square(picture)) - np.square(mean), 0))
    flat = (picture - mean) / (contrast + 1)
    energy = mean_square(flat) + 1e-6
    size = float(np.abs(flat).mean())
    across = product_sum(flat[:, 1:], flat[:, :-1]) + product_sum(flat[1:], flat[:-1])
    slanted = product_sum(flat[1:, 1:], flat[:-1, :-1])
    third = float(np.einsum("i,i,i->", *(flat.ravel(),) * 3)) / flat.size
    return (
        size**2 / energy,
        third / energy**1.5,
        across / (2 * flat.size * energy),
        slanted / (flat.size * energy),
        float(contrast.std() / (contrast.mean() + 0.2)),
    )


def boxed(picture: Floats, radius: int = RADIUS) -> Floats:
    """Return the mean over a square around each pixel; the picture goes on at its border."""
    side = 2 * radius + 1
    padded = np.pad(picture, radius, mode="edge")
    rows = padded[: -side + 1].copy()
    for offset in range(1, side):
        rows += padded[offset : offset + len(rows)]
    width = picture.shape[1]
    total = rows[:, :width].copy()
    for offset in range(1, side):
        total += rows[:, offset : offset + width]
    total *= np.float32(1 / side**2)
    return total
