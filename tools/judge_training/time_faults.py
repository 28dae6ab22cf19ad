"""Garbage made from good clips over time, or in a part of the frame."""

import numpy as np

from tools.judge_training.layout_faults import tiles_shuffled
from tools.judge_training.pictures import Clip, Rng, as_bytes, enlarged, random_colour
from tools.judge_training.pixel_faults import (
    blown_up,
    faint_cells,
    faint_noise,
    gaussian_noise,
    line_noise,
    noise_cells,
    pink_noise,
    uniform_noise,
)


def shuffled(clip: Clip, rng: Rng) -> Clip:
    """Frames in random order, taken from the whole length."""
    return clip[rng.permutation(len(clip))]


def brightness_jumps(clip: Clip, rng: Rng) -> Clip:
    """Every frame with a brightness or colour balance of its own."""
    gain = rng.uniform(0.3, 1.6, (len(clip), 1, 1, 3 if rng.random() < 0.5 else 1))
    return as_bytes(clip * gain)


def black_between(clip: Clip, rng: Rng) -> Clip:
    """Frames lost to black, grey or green again and again."""
    spoilt = clip.copy()
    lost = rng.random(len(clip)) < rng.uniform(0.3, 0.6)
    spoilt[lost] = random_colour(rng).astype(np.uint8)
    return spoilt


def noise_between(clip: Clip, rng: Rng) -> Clip:
    """Frames lost to noise again and again."""
    spoilt = clip.copy()
    lost = rng.random(len(clip)) < rng.uniform(0.3, 0.6)
    spoilt[lost] = gaussian_noise(clip, rng)[lost]
    return spoilt


def mirrored_between(clip: Clip, rng: Rng) -> Clip:
    """Every frame at random mirrored, turned over or negated."""
    spoilt = clip.copy()
    for t in range(len(clip)):
        how = rng.integers(4)
        spoilt[t] = (clip[t], clip[t, ::-1], clip[t, :, ::-1], 255 - clip[t])[how]
    return spoilt


def jumping(clip: Clip, rng: Rng) -> Clip:
    """The picture at another place in every frame."""
    reach = (clip.shape[1] // 3, clip.shape[2] // 3)
    shifts = [
        (int(rng.integers(-reach[0], reach[0])), int(rng.integers(-reach[1], reach[1])))
        for _ in clip
    ]
    return np.stack(
        [np.roll(frame, shift, axis=(0, 1)) for frame, shift in zip(clip, shifts, strict=True)]
    )


def groups_shuffled(clip: Clip, rng: Rng) -> Clip:
    """Groups of frames that one latent holds, in random order or each played backwards."""
    size = int(rng.choice([2, 3, 4]))
    groups = [clip[start : start + size] for start in range(0, len(clip), size)]
    order = rng.permutation(len(groups))
    if rng.random() < 0.3:
        return np.concatenate([group[::-1] for group in groups])
    return np.concatenate([groups[place] for place in order])


def frames_mixed(clip: Clip, rng: Rng) -> Clip:
    """Every frame a blend of frames drawn at random: ghosts that come and go."""
    share = rng.uniform(0.35, 0.5)
    first, second = (clip[rng.integers(0, len(clip), len(clip))] for _ in range(2))
    second = second[:, :, ::-1] if rng.random() < 0.5 else second
    return as_bytes(first * (1 - share) + second * share)


# ---- partial


def then_noise(clip: Clip, rng: Rng) -> Clip:
    """A good beginning, then noise or a blank."""
    start = max(1, int(len(clip) * rng.uniform(0.05, 0.6)))
    tail = [gaussian_noise, noise_cells, uniform_noise, faint_noise, faint_cells, pink_noise][
        rng.integers(6)
    ]
    spoilt = clip.copy()
    spoilt[start:] = tail(clip, rng)[start:]
    return spoilt


def decaying(clip: Clip, rng: Rng) -> Clip:
    """Noise, contrast or colour that gets worse with every frame."""
    amount = np.linspace(0, 1, len(clip))[:, None, None, None] ** rng.uniform(0.5, 1.5)
    goal = [gaussian_noise, noise_cells, blown_up, faint_noise, pink_noise][rng.integers(5)](
        clip, rng
    )
    return as_bytes(clip * (1 - amount) + goal * amount)


def region_lost(clip: Clip, rng: Rng) -> Clip:
    """A half, a quarter or a border of every frame is noise, blank or stripes."""
    height, width = clip.shape[1:3]
    fault = [gaussian_noise, uniform_noise, noise_cells, pink_noise, tiles_shuffled, line_noise][
        rng.integers(6)
    ]
    bad = fault(clip, rng)
    bad = enlarged(bad, clip.shape).astype(np.uint8)
    spoilt = clip.copy()
    share = rng.uniform(0.3, 0.7)
    where = [
        np.s_[:, : int(height * share)],
        np.s_[:, int(height * share) :],
        np.s_[:, :, : int(width * share)],
        np.s_[:, :, int(width * share) :],
    ][rng.integers(4)]
    spoilt[where] = bad[where]
    return spoilt


def blocks_lost(clip: Clip, rng: Rng) -> Clip:
    """Many blocks of every frame replaced by noise, colour or blocks from elsewhere."""
    side = int(rng.choice([16, 32, 64]))
    rows, columns = -(-clip.shape[1] // side), -(-clip.shape[2] // side)
    lost = rng.random((len(clip) if rng.random() < 0.5 else 1, rows, columns, 1)) < rng.uniform(
        0.25, 0.7
    )
    mask = np.broadcast_to(enlarged(lost, clip.shape), (len(clip), *clip.shape[1:3], 1))
    fault = [gaussian_noise, noise_cells, faint_noise, uniform_noise][rng.integers(4)]
    return np.where(mask, fault(clip, rng), clip)


def cells_boiling(clip: Clip, rng: Rng) -> Clip:
    """Blocks that each show another moment or place of the clip, new in every frame."""
    side = int(rng.choice([16, 32, 64]))
    rows, columns = -(-clip.shape[1] // side), -(-clip.shape[2] // side)
    lost = rng.random((len(clip), rows, columns, 1)) < rng.uniform(0.3, 0.8)
    mask = np.broadcast_to(enlarged(lost, clip.shape), (len(clip), *clip.shape[1:3], 1))
    shift = (int(rng.integers(side, clip.shape[1])), int(rng.integers(side, clip.shape[2])))
    other = np.roll(clip[rng.permutation(len(clip))], shift, axis=(1, 2))
    return np.where(mask, other, clip)


def band_lost(clip: Clip, rng: Rng) -> Clip:
    """A band of every frame from elsewhere, grey or one colour: a tile that was not decoded."""
    spoilt = clip.copy()
    axis = int(rng.integers(1, 3))
    size = clip.shape[axis]
    width = max(8, int(size * rng.uniform(0.25, 0.6)) // 8 * 8)
    start = int(rng.integers(0, (size - width) // 8 + 1)) * 8
    where = (slice(None),) * axis + (slice(start, start + width),)
    fills = (
        np.broadcast_to(random_colour(rng), clip.shape),
        np.roll(clip, size // 2, axis=axis)[:, ::-1, ::-1],
        pink_noise(clip, rng),
        faint_cells(clip, rng),
    )
    spoilt[where] = as_bytes(fills[rng.integers(len(fills))])[where]
    return spoilt
