"""A small autoencoder trained here in a second: least squares over our own scenes, numpy alone.

Pictures are cut into 8x8 blocks and put on their sixteen strongest components, turned so that every
channel carries a bit of each, as channels of real latents do. The decoder sees 3x3 latents and
paints a 16x16 window, overlapping, with a layer of fixed random ReLUs in between: so spoilt latents
come out as real decoders show them, smooth and in colour, and not as blocks.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from tools.judge_training.pictures import Clip
from tools.taxonomy.codec import Codec
from tools.taxonomy.scenes import SCENES
from tools.taxonomy.textures import Floats

BLOCK, WINDOW, CHANNELS, HIDDEN = 8, 16, 16, 384
# Frames of 128x96 px: 192 blocks each; more changes the pictures by less than one grey level.
SIZE, PER_SCENE = (96, 128), 4
# Of the hidden units' mean square; smaller ones make faults explode where no scene ever was.
RIDGE = 1e-2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weights:
    mean: Floats
    components: Floats
    hidden: Floats
    outwards: Floats


@cache
def linear_codec(seed: int = 0) -> Codec:
    """Return the autoencoder of this seed; two seeds disagree about every channel, as models do."""
    weights = _fitted(seed)

    def encode(clip: Clip) -> Floats:
        blocks = _blocks(clip.astype(np.float32) / 127.5 - 1)
        return np.moveaxis((blocks - weights.mean) @ weights.components, -1, 1).astype(np.float32)

    def decode(latents: Floats) -> Clip:
        with np.errstate(invalid="ignore"):
            painted = np.stack([_painted(frame, weights) for frame in latents])
        return np.nan_to_num(np.clip(np.rint((painted + 1) * 127.5), 0, 255)).astype(np.uint8)

    # Any mean and spread will do, as nothing but a matrix takes them: these are like real ones.
    rng = np.random.default_rng([9, seed])
    spread = np.exp(rng.normal(0, 0.6, (1, CHANNELS, 1, 1))).astype(np.float32)
    mean = rng.normal(0, 0.8, (1, CHANNELS, 1, 1)).astype(np.float32)
    return Codec(name=f"linear{seed}", encode=encode, decode=decode, mean=mean, spread=spread)


def _fitted(seed: int) -> _Weights:
    rng = np.random.default_rng([8, seed])
    pictures = np.concatenate(
        [draw(2 * PER_SCENE, *SIZE, rng)[::2] for draw in SCENES.values()]
    ).astype(np.float32) / 127.5 - 1  # fmt: skip
    blocks = _blocks(pictures)
    flat = blocks.reshape(-1, blocks.shape[-1])
    mean = flat.mean(0)
    values, vectors = np.linalg.eigh(np.cov(flat[::3].T))
    turn, _ = np.linalg.qr(rng.normal(0, 1, (CHANNELS, CHANNELS)))
    # Real latents have about the same spread in all channels; the strongest components keep more.
    spread = np.sqrt(values[-CHANNELS:]) ** 0.75
    components = (vectors[:, -CHANNELS:] / spread @ turn).astype(np.float32)
    latents = (blocks - mean) @ components
    components /= latents.std()
    latents /= latents.std()
    hidden = (rng.normal(0, 0.35, (9 * CHANNELS + 1, HIDDEN))).astype(np.float32)
    seen = np.concatenate([_around(frame).reshape(-1, 9 * CHANNELS) for frame in latents])
    wanted = np.concatenate([_windows(picture) for picture in pictures])
    features = _features(seen, hidden)
    square = features.T @ features
    square += RIDGE * np.trace(square) / len(square) * np.eye(len(square), dtype=np.float32)
    outwards = np.linalg.solve(square, features.T @ wanted).astype(np.float32)
    return _Weights(mean=mean, components=components, hidden=hidden, outwards=outwards)


def _blocks(pictures: Floats) -> Floats:
    """[T, H, W, 3] to [T, h, w, 192]; what does not fill a block is cut off."""
    height, width = (side // BLOCK for side in pictures.shape[1:3])
    cut = pictures[:, : height * BLOCK, : width * BLOCK]
    cells = cut.reshape(len(cut), height, BLOCK, width, BLOCK, 3).swapaxes(2, 3)
    return cells.reshape(len(cut), height, width, -1)


def _around(latents: Floats) -> Floats:
    """[h, w, C] to [h, w, 9 C]: each place with its neighbours, the border repeated."""
    height, width = latents.shape[:2]
    wide = np.pad(latents, ((1, 1), (1, 1), (0, 0)), mode="edge")
    parts = [wide[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.concatenate(parts, axis=-1)


def _features(seen: Floats, hidden: Floats) -> Floats:
    one = np.ones((len(seen), 1), np.float32)
    straight = np.concatenate([seen, one], axis=1)
    return np.concatenate([straight, np.maximum(straight @ hidden, 0)], axis=1)


def _windows(picture: Floats) -> Floats:
    """Every 16x16 window around a block as one row."""
    half = (WINDOW - BLOCK) // 2
    wide = np.pad(picture, ((half, half), (half, half), (0, 0)), mode="edge")
    rows = np.lib.stride_tricks.sliding_window_view(wide, (WINDOW, WINDOW), axis=(0, 1))
    return np.ascontiguousarray(rows[::BLOCK, ::BLOCK]).reshape(-1, 3 * WINDOW * WINDOW)


def _painted(latents: Floats, weights: _Weights) -> Floats:
    channels, height, width = latents.shape
    seen = _around(np.moveaxis(latents, 0, -1)).reshape(-1, 9 * channels)
    tiles = (_features(seen, weights.hidden) @ weights.outwards).reshape(
        height, width, 3, WINDOW, WINDOW
    )
    slope = np.minimum(np.arange(WINDOW) + 0.5, WINDOW - np.arange(WINDOW) - 0.5) / BLOCK
    share = (slope[:, None] * slope).astype(np.float32)
    margin = (WINDOW - BLOCK) // 2
    canvas = np.zeros((height * BLOCK + 2 * margin, width * BLOCK + 2 * margin, 3), np.float32)
    total = np.zeros((*canvas.shape[:2], 1), np.float32)
    parts = WINDOW // BLOCK
    for y in range(parts):
        for x in range(parts):
            piece = np.s_[..., y * BLOCK : (y + 1) * BLOCK, x * BLOCK : (x + 1) * BLOCK]
            laid = (tiles[piece] * share[piece[1:]]).transpose(0, 3, 1, 4, 2)
            place = np.s_[y * BLOCK : (y + height) * BLOCK, x * BLOCK : (x + width) * BLOCK]
            canvas[place] += laid.reshape(height * BLOCK, width * BLOCK, 3)
            weight = np.tile(share[piece[1:]], (height, width))
            total[place] += weight[..., None]
    inner = np.s_[margin:-margin, margin:-margin]
    return canvas[inner] / np.maximum(total[inner], 1e-6)
