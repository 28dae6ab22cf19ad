"""Latents whose numbers broke: overflow, NaN set to zero, bits read as another type.

Each function takes latents [T, C, h, w] of about unit spread and a generator of random numbers.
"""

import numpy as np

from tools.judge_training.latents import Latents, Rng, normal, rectangles, uniform

LARGEST = 30.0
"""Decoders turn to one colour or NaN far outside their range; this is far, and finite."""


def not_a_number_to_zero(z: Latents, rng: Rng) -> Latents:
    """NaN in patches, replaced by zero."""
    return np.where(rectangles(rng, z, rng.uniform(0.3, 0.7)), np.float32(0), z)


def overflow_clamped(z: Latents, rng: Rng) -> Latents:
    """Half precision overflowed and was clamped: everything at one of two ends."""
    return np.clip(z * np.float32(1e4), -1, 1) * uniform(rng, 2, 5)


def patches_overflowed(z: Latents, rng: Rng) -> Latents:
    """Patches at the end of the range."""
    far = np.sign(normal(rng, (1, z.shape[1], 1, 1))) * uniform(rng, 5, 20)
    return np.where(rectangles(rng, z, rng.uniform(0.25, 0.6)), far, z).astype(np.float32)


def lines_overflowed(z: Latents, rng: Rng) -> Latents:
    """Some rows or columns at the end of the range."""
    spoilt = z.copy()
    axis = int(rng.integers(2, 4))
    lost = rng.permutation(z.shape[axis])[: max(1, z.shape[axis] // int(rng.choice([2, 3, 4])))]
    where = (slice(None), slice(None), lost) if axis == 2 else (..., lost)
    spoilt[where] = uniform(rng, 5, 15) * np.float32(rng.choice([-1, 1]))
    return spoilt


def wrapped_integers(z: Latents, rng: Rng) -> Latents:
    """Quantised to eight bits with a scale too small: values wrap."""
    reach = uniform(rng, 0.5, 1.2)
    steps = np.rint(z / reach * 127).astype(np.int32).astype(np.int8)
    return steps.astype(np.float32) / 127 * reach * uniform(rng, 1, 2.5)


def unsigned_integers(z: Latents, rng: Rng) -> Latents:
    """Quantised as signed and read as unsigned bytes."""
    reach = uniform(rng, 2, 4)
    bytes_ = np.clip(np.rint(z / reach * 127), -128, 127).astype(np.int8).view(np.uint8)
    return (bytes_.astype(np.float32) / 127 * reach - reach) * uniform(rng, 1, 2)


def bfloat_read_as_half(z: Latents, _rng: Rng) -> Latents:
    """bfloat16 bits read as float16."""
    halves = (z.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    return _finite(halves.view(np.float16).astype(np.float32))


def half_read_as_bfloat(z: Latents, _rng: Rng) -> Latents:
    """float16 bits read as bfloat16."""
    bits = z.astype(np.float16).view(np.uint16).astype(np.uint32) << 16
    return _finite(bits.view(np.float32))


def bytes_swapped(z: Latents, _rng: Rng) -> Latents:
    """float16 in the wrong byte order."""
    return _finite(z.astype(np.float16).byteswap().astype(np.float32))


def nibbles_exchanged(z: Latents, rng: Rng) -> Latents:
    """Four-bit values unpacked in the wrong order, neighbours exchanged and coarse."""
    step = uniform(rng, 0.4, 0.8)
    coarse = np.clip(np.rint(z / step), -8, 7) * step
    even = coarse[..., : coarse.shape[3] // 2 * 2]
    pairs = even.reshape(*even.shape[:3], -1, 2)[..., ::-1].reshape(even.shape)
    wrong = np.roll(pairs, int(rng.integers(1, max(2, z.shape[1]))), axis=1)
    return np.ascontiguousarray(wrong)


def sign_lost(z: Latents, rng: Rng) -> Latents:
    """Only the magnitude kept."""
    return np.abs(z) * np.float32(rng.choice([-1, 1])) * uniform(rng, 1, 2)


def scales_misplaced(z: Latents, rng: Rng) -> Latents:
    """Each channel with the scale of another, some tens of times too large or small."""
    scale = np.exp(normal(rng, (1, z.shape[1], 1, 1)) * np.float32(1.3))
    return z * scale


def _finite(values: Latents) -> Latents:
    finite = np.nan_to_num(values, nan=0.0, posinf=LARGEST, neginf=-LARGEST)
    return np.clip(finite, -LARGEST, LARGEST)


LATENT_NUMBER_FAULTS = {
    "values": (
        overflow_clamped,
        patches_overflowed,
        lines_overflowed,
        wrapped_integers,
        unsigned_integers,
        bfloat_read_as_half,
        half_read_as_bfloat,
        bytes_swapped,
        nibbles_exchanged,
        sign_lost,
        scales_misplaced,
    ),
    "partial": (not_a_number_to_zero,),
}
