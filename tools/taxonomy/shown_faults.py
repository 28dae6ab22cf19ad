"""Right pictures shown wrong: channels exchanged, another range, upside down, tiles that differ."""

import numpy as np

from tools.judge_training.pictures import Clip, Rng, as_bytes


def red_and_blue_exchanged(clip: Clip, _rng: Rng) -> Clip:
    """BGR taken for RGB."""
    return np.ascontiguousarray(clip[..., ::-1])


def upside_down(clip: Clip, _rng: Rng) -> Clip:
    """Rows in the order of the other convention."""
    return np.ascontiguousarray(clip[:, ::-1])


def range_misread(clip: Clip, rng: Rng) -> Clip:
    """Full range taken for limited or limited for full: washed out, or crushed at both ends."""
    if rng.random() < 0.5:
        return as_bytes(clip * (219 / 255) + 16)
    return as_bytes((clip.astype(np.float32) - 16) * (255 / 219))


def half_range(clip: Clip, _rng: Rng) -> Clip:
    """-1 to 1 taken for 0 to 1: everything below middle grey is cut off."""
    return as_bytes(clip.astype(np.float32) * 2 - 255)


def tile_seams(clip: Clip, rng: Rng) -> Clip:
    """Tiles decoded on their own, with a brightness of their own and no overlap."""
    side = int(rng.choice([32, 48, 64]))
    rows, columns = -(-clip.shape[1] // side), -(-clip.shape[2] // side)
    gain = rng.normal(1, 0.16, (1, rows, columns, 1)) + rng.normal(0, 0.05, (1, rows, columns, 3))
    field = gain.repeat(side, axis=1).repeat(side, axis=2)[:, : clip.shape[1], : clip.shape[2]]
    return as_bytes(clip * field)


def patch_grid(clip: Clip, rng: Rng) -> Clip:
    """A faint lattice at the size of one latent position."""
    side = int(rng.choice([8, 16]))
    y, x = np.mgrid[0 : clip.shape[1], 0 : clip.shape[2]]
    edge = ((y % side == 0) | (x % side == 0))[None, ..., None]
    return as_bytes(clip.astype(np.float32) - edge * rng.uniform(22, 40))
