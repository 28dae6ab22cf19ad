"""Latents read along the wrong axes, in the wrong order of channels, tokens, patches or frames.

Each function takes latents [T, C, h, w] of about unit spread and a generator of random numbers.
"""

import numpy as np

from tools.judge_training.latents import Latents, Rng


def time_read_as_channels(z: Latents, _rng: Rng) -> Latents:
    """[C, T, h, w] read as [T, C, h, w]."""
    return np.ascontiguousarray(z.swapaxes(0, 1)).reshape(z.shape)


def time_read_as_rows(z: Latents, _rng: Rng) -> Latents:
    """Frames and rows exchanged."""
    return np.ascontiguousarray(z.swapaxes(0, 2)).reshape(z.shape)


def tokens_column_by_column(z: Latents, _rng: Rng) -> Latents:
    """Tokens written row by row and read column by column."""
    count, channels, height, width = z.shape
    return np.ascontiguousarray(z.reshape(count, channels, width, height).swapaxes(2, 3))


def patch_channels_misordered(z: Latents, rng: Rng) -> Latents:
    """Channels of a 2x2 patch read as (row, column, channel) where (channel, row, column) stood."""
    even = z[:, :, : z.shape[2] // 2 * 2, : z.shape[3] // 2 * 2]
    count, channels, height, width = even.shape
    cells = even.reshape(count, channels, height // 2, 2, width // 2, 2).transpose(0, 2, 4, 1, 3, 5)
    order = (2, 2, channels) if rng.random() < 0.5 else (2, channels, 2)
    axes = (0, 5, 1, 3, 2, 4) if order[1] == 2 else (0, 4, 1, 3, 2, 5)
    flat = cells.reshape(count, height // 2, width // 2, *order)
    return np.ascontiguousarray(flat.transpose(axes)).reshape(even.shape)


def channels_rolled(z: Latents, rng: Rng) -> Latents:
    """Every channel in the place of another: the order rolled."""
    return np.roll(z, int(rng.integers(1, z.shape[1])), axis=1)


def channels_reversed(z: Latents, _rng: Rng) -> Latents:
    """Channels from the last to the first."""
    return np.ascontiguousarray(z[:, ::-1])


def channels_interleaved(z: Latents, _rng: Rng) -> Latents:
    """Channels of two halves interleaved."""
    half = z.shape[1] // 2
    return np.ascontiguousarray(
        z[:, : 2 * half].reshape(len(z), 2, half, *z.shape[2:]).swapaxes(1, 2)
    ).reshape(len(z), 2 * half, *z.shape[2:])


def one_channel_everywhere(z: Latents, rng: Rng) -> Latents:
    """One channel copied to all."""
    pick = int(rng.integers(z.shape[1]))
    return np.repeat(z[:, pick : pick + 1], z.shape[1], axis=1)


def channels_dropped(z: Latents, rng: Rng) -> Latents:
    """All but a quarter of the channels zero."""
    spoilt = z.copy()
    spoilt[:, rng.permutation(z.shape[1])[max(1, z.shape[1] // 4) :]] = 0
    return spoilt


def rows_out_of_order(z: Latents, rng: Rng) -> Latents:
    """Rows or columns of latents in random order."""
    axis = int(rng.integers(2, 4))
    return np.take(z, rng.permutation(z.shape[axis]), axis=axis)


def tokens_astray(z: Latents, rng: Rng) -> Latents:
    """Positions lost within a neighbourhood: every token from some cells away."""
    height, width = z.shape[2:]
    reach = max(2, min(height, width) // int(rng.choice([2, 3, 4])))
    rows = (np.arange(height)[:, None] + rng.integers(-reach, reach + 1, (height, width))) % height
    columns = (np.arange(width) + rng.integers(-reach, reach + 1, (height, width))) % width
    return np.ascontiguousarray(z[:, :, rows, columns])


def tokens_repeated(z: Latents, rng: Rng) -> Latents:
    """A block of a few tokens over and over."""
    side = min(int(rng.choice([1, 2, 3])), *z.shape[2:])
    top, left = (int(rng.integers(0, edge - side + 1)) for edge in z.shape[2:])
    block = z[:, :, top : top + side, left : left + side]
    times = (1, 1, -(-z.shape[2] // side), -(-z.shape[3] // side))
    return np.tile(block, times)[:, :, : z.shape[2], : z.shape[3]]


def quarters_exchanged(z: Latents, rng: Rng) -> Latents:
    """Halves or quarters of the frame in each other's place."""
    shift = (z.shape[2] // 2, z.shape[3] // 2)
    rolled = np.roll(z, shift, axis=(2, 3))
    return rolled[:, :, ::-1] if rng.random() < 0.5 else rolled


def every_second_turned(z: Latents, rng: Rng) -> Latents:
    """Every second frame of latents upside down or from the other side."""
    spoilt = z.copy()
    axis = int(rng.integers(2, 4))
    spoilt[1::2] = np.flip(z[1::2], axis=axis)
    return spoilt


def windows_reordered(z: Latents, rng: Rng) -> Latents:
    """Windows of 2x2 to 4x4 tokens in each other's place."""
    side = int(rng.choice([2, 3, 4]))
    height, width = z.shape[2] // side, z.shape[3] // side
    if height * width < 2:
        return np.roll(z, 1, axis=3)
    cut = z[:, :, : height * side, : width * side]
    cells = cut.reshape(*z.shape[:2], height, side, width, side).transpose(2, 4, 0, 1, 3, 5)
    flat = cells.reshape(height * width, *z.shape[:2], side, side)[rng.permutation(height * width)]
    cells = flat.reshape(height, width, *z.shape[:2], side, side).transpose(2, 3, 0, 4, 1, 5)
    return np.ascontiguousarray(cells).reshape(cut.shape)


LATENT_LAYOUT_FAULTS = {
    "layout": (
        time_read_as_channels,
        time_read_as_rows,
        tokens_column_by_column,
        patch_channels_misordered,
        rows_out_of_order,
        tokens_astray,
        tokens_repeated,
        quarters_exchanged,
        windows_reordered,
    ),
    "wrong_latent": (
        channels_rolled,
        channels_reversed,
        channels_interleaved,
        one_channel_everywhere,
        channels_dropped,
    ),
    "temporal": (every_second_turned,),
}
