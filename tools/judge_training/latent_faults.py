"""Garbage made from good clips by faults that act on latents, decoded by a real autoencoder.

Each function takes latents [T, C, h, w] of about unit spread and a generator of random numbers and
returns spoilt latents; ``LATENT_FAULTS`` names them, with the family each counts for.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.latent_layout_faults import LATENT_LAYOUT_FAULTS
from tools.judge_training.latent_number_faults import LATENT_NUMBER_FAULTS
from tools.judge_training.latents import Fault, Latents, Rng, normal, smooth
from tools.judge_training.sampler_faults import SAMPLER_FAULTS


def pure_noise(z: Latents, rng: Rng) -> Latents:
    """Never denoised: unit noise, new in each frame or slowly changing."""
    noise = normal(rng, z.shape)
    keep = rng.choice([0, 0, 0.7, 0.95, 1])
    for t in range(1, len(noise)):
        noise[t] = keep * noise[t - 1] + np.sqrt(1 - keep**2) * noise[t]
    return noise * np.float32(rng.uniform(0.7, 3))


def smooth_noise(z: Latents, rng: Rng) -> Latents:
    """Noise that a broken network smoothed."""
    return smooth(normal(rng, z.shape), int(rng.integers(1, 5))) * np.float32(rng.uniform(0.7, 2))


def half_denoised(z: Latents, rng: Rng) -> Latents:
    """Stopped early: half or more of the latents is still noise."""
    share = np.float32(rng.uniform(0.5, 0.95))
    noise = normal(rng, z.shape if rng.random() < 0.6 else (1, *z.shape[1:]))
    return (1 - share) * z + share * noise


def far_too_large(z: Latents, rng: Rng) -> Latents:
    """Scaled by a large factor: the scaling factor was applied twice."""
    return z * np.float32(rng.uniform(3, 8))


def far_too_small(z: Latents, rng: Rng) -> Latents:
    """Scaled by a small factor."""
    return z * np.float32(rng.uniform(0.03, 0.2))


def nothing(z: Latents, rng: Rng) -> Latents:
    """All latents zero or the same."""
    return np.zeros_like(z) + (rng.normal(0, 1, (1, z.shape[1], 1, 1)) * rng.choice([0, 1])).astype(
        np.float32
    )


def negated(z: Latents, _rng: Rng) -> Latents:
    """The wrong sign."""
    return -z


def moved(z: Latents, rng: Rng) -> Latents:
    """Channel means not restored."""
    return z + (rng.normal(0, rng.uniform(1, 2), (1, z.shape[1], 1, 1))).astype(np.float32)


def channels_shuffled(z: Latents, rng: Rng) -> Latents:
    """Channels in the wrong order: another model's latents."""
    return z[:, rng.permutation(z.shape[1])]


def channels_mixed(z: Latents, rng: Rng) -> Latents:
    """Channels through a random rotation: another model's latents."""
    turn, _ = np.linalg.qr(rng.normal(0, 1, (z.shape[1], z.shape[1])))
    return np.einsum("tchw,cd->tdhw", z, turn.astype(np.float32))


def channels_lost(z: Latents, rng: Rng) -> Latents:
    """Half of the channels are noise, zero, or copies of the others."""
    spoilt = z.copy()
    lost = rng.permutation(z.shape[1])[: z.shape[1] // 2]
    how = rng.integers(3)
    spoilt[:, lost] = normal(rng, z[:, lost].shape) if how == 0 else 0 if how == 1 else z[:, :1]
    return spoilt


def tokens_shuffled(z: Latents, rng: Rng) -> Latents:
    """Patches in random order."""
    side = int(rng.choice([1, 1, 2, 4]))
    height, width = z.shape[2] // side, z.shape[3] // side
    cut = z[:, :, : height * side, : width * side]
    cells = cut.reshape(*z.shape[:2], height, side, width, side).transpose(0, 1, 2, 4, 3, 5)
    cells = cells.reshape(*z.shape[:2], height * width, side, side)[
        :, :, rng.permutation(height * width)
    ]
    cells = cells.reshape(*z.shape[:2], height, width, side, side).transpose(0, 1, 2, 4, 3, 5)
    return np.ascontiguousarray(cells.reshape(cut.shape))


def sides_exchanged(z: Latents, _rng: Rng) -> Latents:
    """Height and width exchanged in memory."""
    if z.shape[2] == z.shape[3]:
        z = z[:, :, : z.shape[2] * 3 // 4]
    return np.ascontiguousarray(z.swapaxes(2, 3)).reshape(z.shape)


def wrong_stride(z: Latents, rng: Rng) -> Latents:
    """Rows of latents rolled more and more."""
    off = int(rng.choice([1, 2, 3, 5, 7]))
    return np.stack([np.roll(z[:, :, row], row * off, axis=2) for row in range(z.shape[2])], axis=2)


def space_read_as_channels(z: Latents, _rng: Rng) -> Latents:
    """Channels last read as channels first."""
    return np.ascontiguousarray(z.transpose(0, 2, 3, 1)).reshape(z.shape)


def patches_misread(z: Latents, _rng: Rng) -> Latents:
    """2x2 patches folded in the wrong order of axes."""
    count, channels, height, width = z.shape
    even = z[:, :, : height // 2 * 2, : width // 2 * 2]
    cells = even.reshape(count, channels, height // 2, 2, width // 2, 2)
    return np.ascontiguousarray(cells.transpose(0, 1, 3, 2, 5, 4)).reshape(even.shape)


def region_noise(z: Latents, rng: Rng) -> Latents:
    """A part of the frame was never denoised."""
    spoilt = z.copy()
    height, width = z.shape[2:]
    share = rng.uniform(0.35, 0.65)
    part = [
        np.s_[..., : int(width * share)],
        np.s_[..., int(width * share) :],
        np.s_[..., : int(height * share), :],
        np.s_[..., int(height * share) :, :],
    ][rng.integers(4)]
    spoilt[part] = normal(rng, spoilt[part].shape)
    return spoilt


def later_noise(z: Latents, rng: Rng) -> Latents:
    """The first frame right, the rest noise or drifting into it."""
    spoilt = z.copy()
    start = max(1, int(len(z) * rng.uniform(0.05, 0.5)))
    noise = normal(rng, z.shape if rng.random() < 0.5 else (1, *z.shape[1:]))
    amount = np.minimum(1, (np.arange(len(z)) - start + 1).clip(0) / rng.choice([1, len(z) / 2]))
    amount = amount.astype(np.float32)[:, None, None, None]
    return (1 - amount) * spoilt + amount * noise


def order_lost(z: Latents, rng: Rng) -> Latents:
    """Frames of latents in random order."""
    return z[rng.permutation(len(z))]


def rounded(z: Latents, rng: Rng) -> Latents:
    """Quantised to two or three values."""
    step = np.float32(rng.uniform(2, 3.5))
    return np.rint(z / step) * step


def striped(z: Latents, rng: Rng) -> Latents:
    """Every other row or column of latents negated, zero or huge."""
    spoilt = z.copy()
    part = np.s_[:, :, ::2] if rng.random() < 0.5 else np.s_[..., ::2]
    spoilt[part] *= np.float32(rng.choice([-1, 0, 4]))
    return spoilt


def hot_spots(z: Latents, rng: Rng) -> Latents:
    """Some latents thousands of times too large."""
    return np.where(
        rng.random((*z.shape[:1], 1, *z.shape[2:])) < rng.uniform(0.05, 0.2), z * 20, z
    ).astype(np.float32)


_OWN: Mapping[str, tuple[Fault, ...]] = {
    "noise_lat": (pure_noise, smooth_noise, half_denoised),
    "wrong_latent": (
        far_too_large,
        far_too_small,
        nothing,
        negated,
        moved,
        channels_shuffled,
        channels_mixed,
        channels_lost,
        rounded,
        hot_spots,
    ),
    "layout": (
        tokens_shuffled,
        sides_exchanged,
        wrong_stride,
        space_read_as_channels,
        patches_misread,
        striped,
    ),
    "partial": (region_noise, later_noise),
    "temporal": (order_lost,),
}


def _joined(*tables: Mapping[str, tuple[Fault, ...]]) -> dict[str, dict[str, Fault]]:
    joined: dict[str, dict[str, Fault]] = {}
    for table in tables:
        for family, faults in table.items():
            joined.setdefault(family, {}).update({fault.__name__: fault for fault in faults})
    return joined


LATENT_FAULTS: Mapping[str, Mapping[str, Fault]] = _joined(
    _OWN, SAMPLER_FAULTS, LATENT_LAYOUT_FAULTS, LATENT_NUMBER_FAULTS
)


def undecoded(z: Latents, rng: Rng) -> NDArray[np.uint8]:
    """Three channels of the latents shown as RGB, enlarged or as they are: [T, h, w, 3]."""
    picked = z[:, rng.permutation(z.shape[1])[:3]].transpose(0, 2, 3, 1)
    shown = np.clip((picked / 6 + 0.5) * 255, 0, 255).astype(np.uint8)
    times = int(rng.choice([4, 8]))
    return shown.repeat(times, axis=1).repeat(times, axis=2)
