"""Garbage made from good clips by reading the right numbers from the wrong places."""

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.pictures import Clip, Rng, as_bytes


def wrong_stride(clip: Clip, rng: Rng) -> Clip:
    """Lines one or more pixels too long or short: the picture shears."""
    off = int(rng.choice([1, 2, 3, 5, 7, 16, 31, 64])) * int(rng.choice([-1, 1]))
    flat = np.concatenate([clip.reshape(len(clip), -1, 3)] * 2, axis=1)
    width = clip.shape[2]
    rows = [
        flat[:, (row * (width + off)) % (clip.shape[1] * width) :][:, :width]
        for row in range(clip.shape[1])
    ]
    return np.stack(rows, axis=1)


def sides_exchanged(clip: Clip, _rng: Rng) -> Clip:
    """Height and width exchanged in memory but not in meaning."""
    if clip.shape[1] == clip.shape[2]:
        clip = clip[:, : clip.shape[1] * 3 // 4 // 2 * 2]
    return clip.transpose(0, 2, 1, 3).reshape(clip.shape)


def width_misread(clip: Clip, rng: Rng) -> Clip:
    """The frame read with another width: strips of picture side by side."""
    height, width = clip.shape[1:3]
    wrong = int(width * rng.choice([0.5, 0.75, 1.5, 2, 4 / 3]))
    rows = height * width // wrong
    spoilt = clip.reshape(len(clip), -1, 3)[:, : rows * wrong].reshape(len(clip), rows, wrong, 3)
    return spoilt[:, : rows // 2 * 2, : wrong // 2 * 2]


def planar_read_interleaved(clip: Clip, _rng: Rng) -> Clip:
    """Planes of colour read as pixels."""
    return np.ascontiguousarray(clip.transpose(0, 3, 1, 2)).reshape(clip.shape)


def interleaved_read_planar(clip: Clip, _rng: Rng) -> Clip:
    """Pixels read as planes of colour."""
    planes = clip.reshape(len(clip), 3, *clip.shape[1:3])
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))


def time_read_as_space(clip: Clip, rng: Rng) -> Clip:
    """Time and rows exchanged."""
    count = len(clip)
    if rng.random() < 0.5:
        rows = clip.shape[1] // count * count
        return (
            clip[:, :rows]
            .reshape(count, rows // count, count, clip.shape[2], 3)
            .swapaxes(0, 2)
            .reshape(count, rows, clip.shape[2], 3)
        )
    spoilt = clip.copy()
    for row in range(clip.shape[1]):
        spoilt[:, row] = clip[rng.permutation(count), row]
    return spoilt


def tiles_shuffled(clip: Clip, rng: Rng) -> Clip:
    """Tiles in the wrong order, the same in all frames or new in each."""
    side = int(rng.choice([8, 16, 32, 64, 128]))
    side = min(side, clip.shape[1] // 3, clip.shape[2] // 3)
    return _rearranged(clip, side, rng, turned=False)


def tiles_turned(clip: Clip, rng: Rng) -> Clip:
    """Patches with rows and columns exchanged or flipped: edges break at every seam."""
    return _rearranged(clip, int(rng.choice([8, 16, 32, 64])), rng, turned=True)


def _rearranged(clip: Clip, side: int, rng: Rng, *, turned: bool) -> Clip:
    rows, columns = clip.shape[1] // side, clip.shape[2] // side
    cut = clip[:, : rows * side, : columns * side]
    tiles = cut.reshape(len(cut), rows, side, columns, side, 3).swapaxes(2, 3)
    if turned:
        tiles = tiles.swapaxes(3, 4) if rng.random() < 0.5 else tiles[:, :, :, ::-1, ::-1]
    else:
        flat = tiles.reshape(len(cut), rows * columns, side, side, 3)
        fixed = rng.permutation(rows * columns)
        same = rng.random() < 0.7
        flat = np.stack([one[fixed if same else rng.permutation(len(fixed))] for one in flat])
        tiles = flat.reshape(len(cut), rows, columns, side, side, 3)
    return np.ascontiguousarray(tiles.swapaxes(2, 3)).reshape(cut.shape)


def rows_interlaced(clip: Clip, rng: Rng) -> Clip:
    """Every n-th row from elsewhere in the picture or in time."""
    spoilt = clip.copy()
    step = int(rng.choice([2, 3, 4, 8]))
    spoilt[:, ::step] = np.roll(clip, int(rng.integers(20, clip.shape[2] - 20)), axis=2)[:, ::step]
    return spoilt


def rows_shuffled(clip: Clip, rng: Rng) -> Clip:
    """Rows (or columns) in random order."""
    axis = int(rng.integers(1, 3))
    return np.take(clip, rng.permutation(clip.shape[axis]), axis=axis)


def columns_rolled(clip: Clip, rng: Rng) -> Clip:
    """Each row rolled by a random amount."""
    spoilt = np.empty_like(clip)
    reach = rng.uniform(0.05, 0.5) * clip.shape[2]
    for row in range(clip.shape[1]):
        spoilt[:, row] = np.roll(clip[:, row], int(rng.normal(0, reach)), axis=1)
    return spoilt


def folded(clip: Clip, rng: Rng) -> Clip:
    """The picture several times over, small: space read as depth or depth as space."""
    times = int(rng.choice([4, 5, 8]))
    parts = [[clip[:, y::times, x::times] for x in range(times)] for y in range(times)]
    small = (
        min(part.shape[1] for row in parts for part in row),
        min(part.shape[2] for row in parts for part in row),
    )
    rows = [
        np.concatenate([part[:, : small[0], : small[1]] for part in row], axis=2) for row in parts
    ]
    return np.concatenate(rows, axis=1)


def channels_apart(clip: Clip, rng: Rng) -> Clip:
    """Channels shifted against each other, mirrored or from other frames."""
    spoilt = clip.copy()
    how = rng.integers(3)
    if how == 0:
        for channel in range(3):
            shift = rng.integers(-60, 60, 2)
            spoilt[..., channel] = np.roll(clip[..., channel], tuple(shift), axis=(1, 2))
    elif how == 1:
        spoilt[..., 0] = clip[:, ::-1, :, 0]
        spoilt[..., 2] = clip[:, :, ::-1, 2]
    else:
        spoilt[..., 0] = 255 - clip[:, :, ::-1, 0]
    return spoilt


def copies(clip: Clip, rng: Rng) -> Clip:
    """The picture two to four times, squeezed or sheared, as a reshape to other sides leaves it."""
    times = int(rng.choice([2, 2, 3, 4]))
    height, width = (side // times * times for side in clip.shape[1:3])
    cut = clip[:, :height, :width]
    if rng.random() < 0.5:
        # Every n-th row (or column) of a copy of its own.
        stacked = [cut[:, row::times] for row in range(times)]
        return np.concatenate(stacked, axis=1)
    return np.concatenate([cut[:, :, column::times] for column in range(times)], axis=2)


def blended_copies(clip: Clip, rng: Rng) -> Clip:
    """Several displaced copies of the picture on top of each other."""
    weights = rng.dirichlet(np.full(int(rng.integers(3, 6)), 3.0))
    reach = (clip.shape[1] // 2, clip.shape[2] // 2)
    layers = [
        weight
        * np.roll(
            clip,
            (int(rng.integers(-reach[0], reach[0])), int(rng.integers(-reach[1], reach[1]))),
            axis=(1, 2),
        )
        for weight in weights
    ]
    return as_bytes(np.sum(layers, axis=0))


def tiles_uneven(clip: Clip, rng: Rng) -> Clip:
    """Every tile with a brightness and contrast of its own, as if normalised alone."""
    side = int(rng.choice([16, 32, 64]))
    size = (1, -(-clip.shape[1] // side), -(-clip.shape[2] // side), 3)
    gain = enlarged_to_tiles(rng.uniform(0.3, 1.7, size), side, clip)
    return as_bytes(clip * gain + enlarged_to_tiles(rng.normal(0, 40, size), side, clip))


def enlarged_to_tiles(values: NDArray[np.float64], side: int, clip: Clip) -> NDArray[np.float64]:
    """Repeat one value per tile over the tile's pixels."""
    tall = values.repeat(side, axis=1).repeat(side, axis=2)
    return tall[:, : clip.shape[1], : clip.shape[2]]


def smeared(clip: Clip, rng: Rng) -> Clip:
    """The picture from some row or column on is that line repeated: a decode that broke off."""
    spoilt = clip.copy()
    share = rng.uniform(0.2, 0.6)
    if rng.random() < 0.5:
        row = int(clip.shape[1] * share)
        spoilt[:, row:] = clip[:, row : row + 1]
    else:
        column = int(clip.shape[2] * share)
        spoilt[:, :, column:] = clip[:, :, column : column + 1]
    return spoilt
