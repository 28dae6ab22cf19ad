"""Garbage made from good clips by faults that act on the values of pixels.

Each function takes a clip (uint8 [T, H, W, 3]) and a generator of random numbers and returns the
spoilt clip.
"""

import numpy as np

from tools.judge_training.pictures import Clip, Rng, as_bytes, enlarged, random_colour, smoothed

# ---- flat


def faint_noise(clip: Clip, rng: Rng) -> Clip:
    """One colour with faint smooth or sharp noise (the blue incident)."""
    noise = smoothed(rng.normal(0, 1, (len(clip), *clip.shape[1:])), int(rng.integers(0, 5)))
    if rng.random() < 0.4:
        noise = noise[:1]
    noise *= rng.uniform(2, 14) / noise.std()
    return as_bytes(random_colour(rng) + noise + np.zeros(clip.shape))


def faint_cells(clip: Clip, rng: Rng) -> Clip:
    """One colour with faint blocks, as zero latents leave them."""
    side = int(rng.choice([4, 8, 16, 32]))
    cells = rng.normal(
        0, rng.uniform(1, 8), (len(clip), -(-clip.shape[1] // side), -(-clip.shape[2] // side), 3)
    )
    field = smoothed(enlarged(cells, clip.shape), int(rng.integers(0, 4)))
    return as_bytes(random_colour(rng) + field)


def dark_rest(clip: Clip, rng: Rng) -> Clip:
    """The picture divided by a large number: scaled twice."""
    return as_bytes(clip * rng.uniform(0.005, 0.05) + rng.choice([0, 0, 127]))


def blurred_away(clip: Clip, rng: Rng) -> Clip:
    """What remains of a picture whose latents collapsed to their mean: coarse blobs."""
    side = int(rng.integers(3, 9))
    rows = np.array_split(clip.astype(np.float32), side, axis=1)
    coarse = np.stack(
        [
            np.stack([part.mean(axis=(1, 2)) for part in np.array_split(row, side, axis=2)], 1)
            for row in rows
        ],
        1,
    )
    field = smoothed(enlarged(coarse, clip.shape), max(clip.shape[1:3]) // side // 3)
    return as_bytes((field - field.mean()) * rng.uniform(0.2, 0.7) + field.mean())


# ---- noise


def uniform_noise(clip: Clip, rng: Rng) -> Clip:
    """Every value drawn at random."""
    return rng.integers(0, 256, clip.shape, np.uint8)


def gaussian_noise(clip: Clip, rng: Rng) -> Clip:
    """Gaussian noise, grey or coloured, sharp or smooth, new in each frame or slowly changing."""
    channels = 1 if rng.random() < 0.3 else 3
    noise = rng.normal(0, 1, (len(clip), *clip.shape[1:3], channels))
    keep = rng.choice([0, 0, 0.5, 0.9, 1.0])
    for t in range(1, len(noise)):
        noise[t] = keep * noise[t - 1] + np.sqrt(1 - keep**2) * noise[t]
    noise = smoothed(noise, int(rng.integers(0, 9)))
    return as_bytes(128 + rng.uniform(20, 70) * noise / noise.std() + np.zeros(3))


def pink_noise(clip: Clip, rng: Rng) -> Clip:
    """Noise with the spectrum of a picture: 1/f in space, but no edges."""
    height, width = clip.shape[1:3]
    f = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    f[0, 0] = 1
    slope = f ** -rng.uniform(0.7, 1.6)
    frames = 1 if rng.random() < 0.3 else len(clip)
    spectrum = np.fft.rfft2(rng.normal(0, 1, (frames, 3, height, width))) * slope
    field = np.moveaxis(np.fft.irfft2(spectrum, (height, width)), 1, -1)
    if rng.random() < 0.4:
        field = field.mean(-1, keepdims=True) + 0.3 * field
    field = (field - field.mean()) / field.std() * rng.uniform(25, 60)
    return as_bytes(128 + np.broadcast_to(field, clip.shape))


def noise_cells(clip: Clip, rng: Rng) -> Clip:
    """Coloured cells of 2 to 32 px drawn at random, few colours or many."""
    side = int(rng.choice([2, 4, 8, 16, 32]))
    size = (len(clip), -(-clip.shape[1] // side), -(-clip.shape[2] // side))
    if rng.random() < 0.5:
        palette = rng.uniform(0, 255, (int(rng.integers(4, 64)), 3))
        cells = palette[rng.integers(0, len(palette), size)]
    else:
        cells = 128 + rng.normal(0, 60, (*size, 3))
    return as_bytes(smoothed(enlarged(cells, clip.shape), int(rng.integers(0, 3))))


def buried(clip: Clip, rng: Rng) -> Clip:
    """A picture under so much noise that nothing can be made out."""
    noise = smoothed(rng.normal(0, 1, clip.shape), int(rng.integers(0, 4)))
    share = rng.uniform(0.05, 0.3)
    return as_bytes(clip * share + (1 - share) * (128 + 60 * noise / noise.std()))


def salt_and_pepper(clip: Clip, rng: Rng) -> Clip:
    """Half of the pixels or more black, white or coloured."""
    spoilt = clip.copy()
    where = rng.random(clip.shape[:3]) < rng.uniform(0.4, 0.9)
    spoilt[where] = rng.choice([0, 255], (int(where.sum()), 3 if rng.random() < 0.5 else 1))
    return spoilt


def sampled_again(clip: Clip, rng: Rng) -> Clip:
    """Pixels of the picture in random order within the frame or small squares."""
    height, width = clip.shape[1:3]
    order = rng.permutation(height * width)
    return clip.reshape(len(clip), -1, 3)[:, order].reshape(clip.shape)


# ---- values


def wrapped(clip: Clip, rng: Rng) -> Clip:
    """Values that went past 255 and came round again."""
    return (
        (clip.astype(np.float32) * rng.uniform(1.5, 4) + rng.uniform(-60, 60))
        .astype(np.int64)
        .astype(np.uint8)
    )


def signed_read_unsigned(clip: Clip, _rng: Rng) -> Clip:
    """Values of -128..127 written as unsigned."""
    return (clip.astype(np.int16) - 128).astype(np.uint8)


def blown_up(clip: Clip, rng: Rng) -> Clip:
    """Values far out of range, cut off: only corners of the colour cube are left."""
    values = clip.astype(np.float32)
    middle = values.mean(axis=(0, 1, 2)) + rng.normal(0, 20, 3)
    return as_bytes((values - middle) * rng.uniform(6, 20) + 128)


def washed_out(clip: Clip, rng: Rng) -> Clip:
    """Brightness far too high (or low): most of the frame white (black), specks of the rest."""
    values = clip.astype(np.float32)
    high = rng.random() < 0.7
    kept = np.quantile(values, rng.uniform(0.03, 0.3) if high else rng.uniform(0.7, 0.97))
    gain = rng.uniform(2, 8)
    return as_bytes((values - kept) * gain + (255 if high else 0))


def solarised(clip: Clip, rng: Rng) -> Clip:
    """Values that were folded back at the end of their range instead of cut off."""
    wide = clip.astype(np.float32) * rng.uniform(1.6, 4) + rng.uniform(-100, 60)
    return as_bytes(255 - np.abs(np.mod(wide, 510) - 255))


def one_channel_wrapped(clip: Clip, rng: Rng) -> Clip:
    """One channel went past its range and came round, the others did not."""
    spoilt = clip.copy()
    spoilt[..., int(rng.integers(3))] += np.uint8(rng.integers(60, 200))
    return spoilt


def edges_only(clip: Clip, rng: Rng) -> Clip:
    """What a residual connection without its other branch leaves: faint edges on one colour."""
    values = clip.astype(np.float32)
    rest = values - smoothed(values, int(rng.integers(1, 5)))
    return as_bytes(random_colour(rng) + rest * rng.uniform(0.3, 1.0))


def blown_blobs(clip: Clip, rng: Rng) -> Clip:
    """Collapsed and then overdriven: large soft blobs of pure colours."""
    blobs = blurred_away(clip, rng).astype(np.float32)
    return as_bytes((blobs - blobs.mean(axis=(0, 1, 2))) * rng.uniform(4, 15) + 128)


def low_bits(clip: Clip, rng: Rng) -> Clip:
    """Only the low bits of each value: half-precision bytes read as pixels."""
    return ((clip.astype(np.uint16) << int(rng.integers(3, 6))) & 255).astype(np.uint8)


def float_bytes(clip: Clip, rng: Rng) -> Clip:
    """The bytes of float16 values shown as pixels."""
    raw = (clip.astype(np.float16) / 127.5 - 1).view(np.uint8)
    flat = raw.reshape(len(clip), -1)[:, : clip[0].size]
    return np.roll(flat, int(rng.integers(3)), axis=1).reshape(clip.shape)


def few_levels(clip: Clip, rng: Rng) -> Clip:
    """Two or three levels per channel after noise: mush."""
    levels = int(rng.integers(2, 4))
    noisy = clip + rng.normal(0, rng.uniform(30, 70), clip.shape)
    return as_bytes(np.rint(np.clip(noisy, 0, 255) / 255 * (levels - 1)) * 255 / (levels - 1))


# ---- pattern


def stripes(clip: Clip, rng: Rng) -> Clip:
    """Stripes over a remainder of picture, upright, level or slanted."""
    y, x = np.mgrid[0 : clip.shape[1], 0 : clip.shape[2]]
    slope = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
    phase = (x * np.cos(slope) + y * np.sin(slope)) * 2 * np.pi / rng.uniform(3, 40)
    wave = np.sign(np.sin(phase)) if rng.random() < 0.5 else np.sin(phase)
    rest = rng.uniform(0, 0.4)
    return as_bytes(
        clip * rest
        + (1 - rest) * (128 + rng.uniform(40, 120) * wave[None, ..., None]) * rng.uniform(0.5, 1, 3)
    )


def line_noise(clip: Clip, rng: Rng) -> Clip:
    """Every row (or column) one random colour."""
    shape = (
        (len(clip), clip.shape[1], 1, 3) if rng.random() < 0.5 else (len(clip), 1, clip.shape[2], 3)
    )
    noise = 128 + 60 * smoothed(rng.normal(0, 1, shape), int(rng.integers(0, 3)))
    rest = rng.uniform(0, 0.4)
    return as_bytes(clip * rest + (1 - rest) * noise)


def checkers(clip: Clip, rng: Rng) -> Clip:
    """A checkerboard over the picture, as strided transposed convolutions leave it."""
    side = int(rng.choice([1, 2, 4, 8, 16]))
    y, x = np.mgrid[0 : clip.shape[1], 0 : clip.shape[2]]
    board = ((x // side + y // side) % 2 * 2 - 1)[None, ..., None]
    return as_bytes(
        clip * rng.uniform(0.2, 0.8) + 40 + board * rng.uniform(30, 90) * rng.uniform(0.3, 1, 3)
    )


def lattice_bumps(clip: Clip, rng: Rng) -> Clip:
    """The same small bump in every 8 or 16 px cell, over a picture that still shows through."""
    side = int(rng.choice([4, 8, 8, 16]))
    bump = smoothed(rng.normal(0, 1, (1, side, side, 3)), int(rng.integers(0, 3)))
    bump *= rng.uniform(25, 70) / bump.std()
    rows, columns = -(-clip.shape[1] // side), -(-clip.shape[2] // side)
    pattern = np.tile(bump, (1, rows, columns, 1))[:, : clip.shape[1], : clip.shape[2]]
    return as_bytes(clip * rng.uniform(0.2, 0.8) + 30 + pattern)


def rings(clip: Clip, rng: Rng) -> Clip:
    """Moire: rings and waves over the whole frame."""
    y, x = np.mgrid[0 : clip.shape[1], 0 : clip.shape[2]].astype(np.float32)
    centre = rng.uniform(0, 1, (len(clip) if rng.random() < 0.5 else 1, 2)) * clip.shape[1:3]
    distance = (y - centre[:, :1, None]) ** 2 + (x - centre[:, 1:, None]) ** 2
    wave = np.sin(distance / rng.uniform(20, 2000))[..., None]
    return as_bytes(np.broadcast_to(128 + 110 * wave * rng.uniform(0.3, 1, 3), clip.shape))


def repeated_patch(clip: Clip, rng: Rng) -> Clip:
    """One small patch of the picture over and over."""
    side = int(rng.choice([8, 16, 32, 48]))
    y, x = (int(rng.integers(0, size - side)) for size in clip.shape[1:3])
    patch = clip[:, y : y + side, x : x + side]
    repeats = (1, -(-clip.shape[1] // side), -(-clip.shape[2] // side), 1)
    return np.tile(patch, repeats)[:, : clip.shape[1], : clip.shape[2]]
