"""Latents as a sampler leaves them that took wrong steps: a wrong sign, target, level or guidance.

Each function takes latents [T, C, h, w] of about unit spread and a generator of random numbers.
"""

import numpy as np

from tools.judge_training.latents import Latents, Rng, averaged, normal, uniform


def noise_of_wrong_spread(z: Latents, rng: Rng) -> Latents:
    """Noise as the first step's, several times too strong or too weak, never denoised."""
    spread = uniform(rng, 2.5, 8) if rng.random() < 0.5 else uniform(rng, 0.15, 0.5)
    return normal(rng, z.shape) * spread


def still_noise(z: Latents, rng: Rng) -> Latents:
    """One frame of noise held, as when every frame gets the same noise and no step is taken."""
    return np.broadcast_to(normal(rng, (1, *z.shape[1:])), z.shape) * uniform(rng, 0.7, 1.5)


def diffusion_stopped(z: Latents, rng: Rng) -> Latents:
    """Stopped on a variance-preserving path: picture and noise both at full strength."""
    level = uniform(rng, 0.05, 0.6)
    return np.sqrt(level) * z + np.sqrt(1 - level) * normal(rng, z.shape)


def velocity_shown(z: Latents, rng: Rng) -> Latents:
    """The predicted velocity decoded in place of the sample: noise minus picture."""
    return normal(rng, z.shape) * uniform(rng, 0.4, 1) - z


def steps_backwards(z: Latents, rng: Rng) -> Latents:
    """Steps with the wrong sign: away from the picture, past the noise."""
    share = uniform(rng, 0.5, 1.5)
    return (1 + share) * normal(rng, z.shape) - share * z


def wrong_target(z: Latents, rng: Rng) -> Latents:
    """Velocity taken for noise: what is subtracted contains the picture."""
    level = uniform(rng, 0.3, 0.8)
    noise = normal(rng, z.shape)
    return (level * noise + (1 - level) * z) - level * (noise - 2 * z) * uniform(rng, 1.2, 2.5)


def guidance_blown(z: Latents, rng: Rng) -> Latents:
    """Guidance far too strong: every difference from the neighbourhood many times over."""
    return z + (z - averaged(z, 2)) * uniform(rng, 4, 10)


def guidance_burnt(z: Latents, rng: Rng) -> Latents:
    """Guidance far too strong in every channel: pushed apart and cut off."""
    return np.tanh(z * uniform(rng, 3, 6)) * uniform(rng, 2, 3.5)


def noise_added_each_step(z: Latents, rng: Rng) -> Latents:
    """Fresh noise added after the last step, as an ancestral sampler must not."""
    return z + normal(rng, z.shape) * uniform(rng, 0.9, 2)


def drifting_gain(z: Latents, rng: Rng) -> Latents:
    """Every window stronger than the one before: the end is overdriven."""
    gain = np.linspace(1, rng.uniform(4, 9), len(z), dtype=np.float32)
    return z * gain[:, None, None, None]


def windows_apart(z: Latents, rng: Rng) -> Latents:
    """Windows of attention that never saw each other: each with a mean and gain of its own."""
    side = int(rng.choice([2, 3, 4]))
    height, width = z.shape[2:]
    cells = (1, z.shape[1], -(-height // side), -(-width // side))
    shift = normal(rng, cells) * uniform(rng, 0.8, 1.6)
    gain = np.exp(normal(rng, (1, 1, *cells[2:])) * np.float32(0.5))
    grown = [
        field.repeat(side, axis=2).repeat(side, axis=3)[:, :, :height, :width]
        for field in (shift, gain)
    ]
    return z * grown[1] + grown[0]


def averaged_away(z: Latents, rng: Rng) -> Latents:
    """Attention over everything: each position the mean of a wide neighbourhood."""
    return averaged(z, int(rng.integers(6, 30))) * uniform(rng, 0.3, 1.2)


def mean_of_samples(z: Latents, rng: Rng) -> Latents:
    """The picture under a grid of its own shifted copies, as when heads are mixed up."""
    shifts = [tuple(int(rng.integers(1, side)) for side in z.shape[2:]) for _ in range(4)]
    copies = [np.roll(z, shift, axis=(2, 3)) for shift in shifts]
    mixed: Latents = np.stack([z, *copies]).mean(axis=0) * np.float32(np.sqrt(5))
    return mixed


SAMPLER_FAULTS = {
    "noise_lat": (
        noise_of_wrong_spread,
        still_noise,
        diffusion_stopped,
        velocity_shown,
        steps_backwards,
        wrong_target,
        noise_added_each_step,
    ),
    "wrong_latent": (
        guidance_blown,
        guidance_burnt,
        windows_apart,
        averaged_away,
        mean_of_samples,
    ),
    "partial": (drifting_gain,),
}
